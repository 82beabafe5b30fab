"""Rounds: what the clock looks after for delivery, in all tenants' webhooks, as the owner. Each may run twice."""

import uuid
from typing import Final

from sqlalchemy import text

from webapp.db import act_for, as_owner
from webapp.delivering import agenda
from webapp.services import bells, webhook_health

# An endpoint that does nothing but fail for so long is switched off.
FAILING_DAYS: Final = 5

# One that nothing was posted to lately may be well again: its next failure tells.
_FAILING: Final = text(
    """
select w.tenant_id, w.id from webhooks w
where w.is_active and w.deleted_at is null and w.failing_since < now() - make_interval(days => :days)
  and exists (select from webhook_minutes m where m.tenant_id = w.tenant_id and m.webhook_id = w.id
    and m.minute > now() - interval '2 days' and m.failures > 0)
"""
)


def ring_due() -> None:
    """Bells of deliverers that were lost, and events whose next try has come."""
    if agenda.due():
        bells.ring("deliver_webhooks")


def switch_off_failing() -> None:
    """Endpoints that have taken nothing for five days hear nothing more, until a person looks."""
    with as_owner() as connection:
        failing: list[tuple[uuid.UUID, uuid.UUID]] = [
            (row.tenant_id, row.id) for row in connection.execute(_FAILING, {"days": FAILING_DAYS})
        ]
    for tenant_id, webhook_id in failing:
        act_for(tenant_id)
        webhook_health.switch_off(tenant_id, webhook_id, "failing")
