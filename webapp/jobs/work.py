"""Jobs of the worker that does everything else: callbacks, plans, imports, checks."""

import uuid

from webapp.sending import continuity, plan
from webapp.services import bells, contact_acts, instance_checks
from webapp.services.campaigns import again_steps
from webapp.services.imports import work as imports
from webapp.services.receiving import apply as receiving


def plan_campaign(tenant_id: str, campaign_id: str) -> None:
    continuity.check()  # after a restore this campaign may have been sent before
    plan.plan(uuid.UUID(tenant_id), uuid.UUID(campaign_id))


def send_again(tenant_id: str, wish_id: str) -> None:
    """Bring people back to waiting for a second or two; while there are more, the next bell hangs already."""
    if again_steps.advance(uuid.UUID(tenant_id), uuid.UUID(wish_id)):
        bells.ring("send_again", uuid.UUID(tenant_id), uuid.UUID(wish_id))


def apply_callbacks(tenant_id: str) -> None:
    """Apply what providers told for a second or two; while there is more, the next bell hangs already."""
    if receiving.apply(uuid.UUID(tenant_id)):
        bells.ring("apply_callbacks", uuid.UUID(tenant_id))


def run_import(tenant_id: str, import_run_id: str) -> None:
    imports.advance(uuid.UUID(tenant_id), uuid.UUID(import_run_id))


def check_instance(tenant_id: str, instance_id: str) -> None:
    instance_checks.check(uuid.UUID(tenant_id), uuid.UUID(instance_id))


def act_on_contacts(tenant_id: str, act_id: str) -> None:
    """Change contacts for a second or two; while there are more, the next bell hangs already."""
    if contact_acts.advance(uuid.UUID(tenant_id), uuid.UUID(act_id)):
        bells.ring("act_on_contacts", uuid.UUID(tenant_id), uuid.UUID(act_id))
