"""Sweep: what a sender left behind when its lease ran out. Rows beyond the record were provably not sent and go back;
rows inside it without a result are uncertain."""

import uuid
from typing import Final

from sqlalchemy import Connection, text

from webapp.services import counts

_OVERDUE: Final = text(
    """
select b.tenant_id, b.campaign_id, b.id from send_batches b
where b.status = 'leased' and b.lease_until < clock_timestamp()
"""
)

_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended(cast(:campaign_id as text), 1))")

_TAKE: Final = text(
    """
update send_batches set lease_token = null, lease_until = null,
  status = case when next_number > last_number then 'done' else 'free' end
where tenant_id = :tenant_id and id = :id and status = 'leased' and lease_until < clock_timestamp()
returning id
"""
)

# A retry's number is not its recipient's: both kinds of window are translated here.
_DOUBT: Final = f"""
with abandoned as (
  update send_windows set settled_at = clock_timestamp(), is_abandoned = true
  where tenant_id = :tenant_id and batch_id = :id and settled_at is null
  returning rows
), numbers as (
  select n from abandoned, generate_series(lower(rows), upper(rows) - 1) as n
), people as (
  select coalesce(t.recipient_number, n) as number
  from numbers left join send_retries t on t.tenant_id = :tenant_id and t.number = n
), changed as (
  update campaign_recipients r set status = 'uncertain', error_message = 'worker_gone' from people
  where r.tenant_id = :tenant_id and r.number = people.number and r.status = 'pending'
  returning r.tenant_id, r.campaign_id, old.status as was, new.status as now
)
{counts.ADD.format(source="changed").replace("%(stripe)s", ":stripe")}
"""


def overdue(connection: Connection) -> list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]:
    """Batches whose lease ran out, of every tenant: (tenant, campaign, batch)."""
    return [(row.tenant_id, row.campaign_id, row.id) for row in connection.execute(_OVERDUE)]


def sweep(connection: Connection, tenant_id: uuid.UUID, campaign_id: uuid.UUID, batch_id: uuid.UUID) -> bool:
    """Take one batch over. The campaign's lock keeps a late gate of the old holder out while it happens."""
    given = {"tenant_id": tenant_id, "campaign_id": campaign_id, "id": batch_id, "stripe": counts.stripe()}
    connection.execute(_LOCK, given)
    if connection.execute(_TAKE, given).one_or_none() is None:
        return False
    connection.execute(text(_DOUBT), given)
    return True
