"""What workers do: each job acts for its tenant, calls a service, may run twice, and ends within seconds."""

import uuid

from webapp.sending import plan, senders
from webapp.services import instance_checks
from webapp.services.imports import work as imports


def plan_campaign(tenant_id: str, campaign_id: str) -> None:
    plan.plan(uuid.UUID(tenant_id), uuid.UUID(campaign_id))


def send_slice() -> None:
    """Serve whatever runs for some seconds; while there is work left, the next bell hangs already."""
    senders.serve_slice()


def run_import(tenant_id: str, import_run_id: str) -> None:
    imports.advance(uuid.UUID(tenant_id), uuid.UUID(import_run_id))


def check_instance(tenant_id: str, instance_id: str) -> None:
    instance_checks.check(uuid.UUID(tenant_id), uuid.UUID(instance_id))
