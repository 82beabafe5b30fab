"""The write-ahead gate: before a message of a window is posted, one short transaction records that exactly these
numbers are about to go on the wire. What is recorded once can not be recorded again."""

import time
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from webapp.arrays import plain
from webapp.sending.lease import Batch, Row
from webapp.sending.store import Step, Store

# Other tenants' windows wait behind this one: it does not wait long for a lock of its own tenant.
LOCK_WAIT_MS: Final = 100

# First the locks, in a statement of their own: one statement that locks and reads still sees the state from
# before the wait. Pause and cancel take the campaign's exclusively, an opt-out or a deletion the tenant's.
LOCK: Final = """
select pg_advisory_xact_lock_shared(hashtextextended(%(campaign_id)s::text, 1)),
       pg_advisory_xact_lock_shared(hashtextextended(%(tenant_id)s::text, 2))
"""

RECORD: Final = """
with batch as (
  update send_batches b set next_number = %(last)s + 1,
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
  from campaigns c join whatsapp_instances i on i.tenant_id = c.tenant_id and i.id = c.whatsapp_instance_id
  where b.tenant_id = %(tenant_id)s and b.id = %(batch_id)s and b.status = 'leased' and b.lease_token = %(token)s
    and b.lease_until > clock_timestamp() and b.next_number <= %(first)s
    and c.tenant_id = b.tenant_id and c.id = b.campaign_id and c.status = 'running' and c.deleted_at is null
    and i.status <> 'paused' and i.deleted_at is null
  returning b.id
)
insert into send_windows (tenant_id, batch_id, first_number, campaign_id, rows, lease_token)
select %(tenant_id)s, id, %(first)s, %(campaign_id)s, int8range(%(first)s, %(last)s, '[]'), %(token)s from batch
returning batch_id
"""

# Who opted out, was deleted or switched off since the plan, or was settled already by a callback.
HELD_BACK: Final = """
select r.number, case
    when r.status <> 'pending' then 'settled'
    when c.deleted_at is not null then 'deleted'
    when not c.is_active then 'inactive'
    else 'opted_out' end as reason
from campaign_recipients r
left join contacts c on c.tenant_id = r.tenant_id and c.id = r.contact_id
where r.tenant_id = %(tenant_id)s and r.number = any(%(recipients)s::bigint[]) and (
  r.status <> 'pending' or c.deleted_at is not null or not c.is_active or exists (
    select from opt_outs o where o.tenant_id = r.tenant_id and o.phone_key = r.phone_key and o.lifted_at is null))
"""


# Null when nothing may go, else who is held back, by number.
STEP: Final = Step(
    "gate",
    {
        "tenant_id": "uuid",
        "campaign_id": "uuid",
        "batch_id": "uuid",
        "token": "uuid",
        "first": "bigint",
        "last": "bigint",
        "recipients": "bigint[]",
        "seconds": "float8",
        "lock_wait_ms": "text",
    },
    "jsonb",
    lambda: (
        f"""
declare recorded uuid;
begin
  perform set_config('app.tenant_id', %(tenant_id)s::text, true), set_config('lock_timeout', %(lock_wait_ms)s, true);
  perform * from ({LOCK}) as locks;
  {RECORD} into recorded;
  if recorded is null then
    return null;
  end if;
  return (select coalesce(jsonb_object_agg(held.number, held.reason), '{{}}') from ({HELD_BACK}) as held);
"""
    ),
)


@dataclass(slots=True)
class Window:
    """Numbers that are recorded as on the wire. No POST may start after `start_before` (monotonic seconds)."""

    batch: Batch
    first: int
    rows: list[Row]
    held_back: dict[int, str]
    start_before: float


class Unsure(psycopg.OperationalError):
    """The database went away while this window was being recorded: nobody knows whether it is. Nothing was posted."""

    def __init__(self, window: Window) -> None:
        super().__init__("window")
        self.window = window


def gate(
    store: Store, batch: Batch, size: int, *, lease_seconds: float, post_seconds: float
) -> Window | None:
    """Record the next `size` rows of a batch as about to go on the wire, and take them from it.

    None means that nothing may go: the campaign or its number stopped, or the lease is somebody else's now.

    Raises:
        psycopg.errors.LockNotAvailable: a stop or a change of many contacts is under way; ask again soon.
        Unsure: the database went away meanwhile.

    Args:
        lease_seconds: how long the lease lasts from here.
        post_seconds: what one POST may take at most; none starts so late that it would outlive the lease.
    """
    rows = batch.rows[:size]
    began = time.monotonic()
    given: dict[str, Any] = {
        "tenant_id": batch.tenant_id,
        "campaign_id": batch.campaign_id,
        "batch_id": batch.id,
        "token": batch.token,
        "first": rows[0].number,
        "last": rows[-1].number,
        "recipients": plain(row.recipient for row in rows),
        "seconds": lease_seconds,
        "lock_wait_ms": str(LOCK_WAIT_MS),
    }
    window = Window(batch, rows[0].number, rows, {}, began + lease_seconds - post_seconds)
    try:
        held_back = store.call(STEP, given)
    except psycopg.errors.LockNotAvailable:
        raise
    except psycopg.OperationalError:
        raise Unsure(window) from None
    if held_back is None:
        return None
    window.held_back = {int(number): reason for number, reason in held_back.items()}
    batch.rows = batch.rows[size:]
    return window
