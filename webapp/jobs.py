"""What workers do: each job acts for its tenant, calls a service, may run twice, and ends within seconds."""

import uuid

from webapp.sending import plan, senders


def plan_campaign(tenant_id: str, campaign_id: str) -> None:
    plan.plan(uuid.UUID(tenant_id), uuid.UUID(campaign_id))


def send_slice() -> None:
    """Serve whatever runs for some seconds; while there is work left, the next bell hangs already."""
    senders.serve_slice()
