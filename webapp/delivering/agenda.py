"""Agenda: which endpoints of all tenants have something due. Asks as the owner, who sees every tenant."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from webapp.db import as_owner
from webapp.domain.events import TEST_EVENT


@dataclass(frozen=True, slots=True)
class Due:
    """An endpoint with something to post; `is_probed` while it has not answered since it was left alone."""

    tenant_id: uuid.UUID
    webhook_id: uuid.UUID
    is_probed: bool = False


# One look into the index for each endpoint: a million events that wait for one of them are not read. A test, which is
# due before all of them, does not wait for the end of a rest.
_DUE: Final = text(
    """
select w.tenant_id, w.id as webhook_id, w.rest_count > 0 as is_probed
from webhooks w cross join lateral (
  select l.event from webhook_logs l where l.tenant_id = w.tenant_id and l.webhook_id = w.id
    and l.completed_at is null and l.next_attempt_at <= now()
  order by l.next_attempt_at limit 1) as first
where w.is_active and w.deleted_at is null
  and (w.rests_until is null or w.rests_until <= now() or first.event = :test)
"""
)


def due() -> list[Due]:
    """The endpoints that can be posted to now."""
    with as_owner() as connection:
        return [
            Due(row.tenant_id, row.webhook_id, row.is_probed)
            for row in connection.execute(_DUE, {"test": TEST_EVENT})
        ]
