"""Lease: one sender at a time holds a batch, for as long as it keeps gating."""

import json
import uuid
from dataclasses import dataclass
from typing import Any, Final

from psycopg.rows import tuple_row

from webapp.sending.store import Store


@dataclass(slots=True)
class Row:
    """One recipient as the wire needs it. `number` goes on the wire, `recipient` names the row: they differ
    for a retry. `content` is the text they read and `body` the request's bytes, once
    made; `refusal` says why they can not be made."""

    number: int
    recipient: int
    phone_number: str
    values: dict[str, str]
    attempt: int = 1
    content: str = ""
    body: bytes = b""
    refusal: str = ""


@dataclass(slots=True, eq=False)
class Batch:
    """A range of numbers under lease, with the rows that are still to be gated, by number."""

    tenant_id: uuid.UUID
    campaign_id: uuid.UUID
    id: uuid.UUID
    token: uuid.UUID
    rows: list[Row]


# A materialised choice: without it the planner may run the inner query again and lease several batches.
_CLAIM: Final = """
with chosen as materialized (
  select tenant_id, id from send_batches
  where tenant_id = %(tenant_id)s and campaign_id = %(campaign_id)s and status = 'free'
  order by first_number limit 1 for update skip locked
)
update send_batches b set status = 'leased', lease_token = %(token)s,
  lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
from chosen where b.tenant_id = chosen.tenant_id and b.id = chosen.id
returning b.id, b.kind, b.next_number, b.last_number
"""

_FIRST_ROWS: Final = """
select number, number as recipient, phone_number, message_data::text as values, 1 as attempt
from campaign_recipients where tenant_id = %(tenant_id)s and number between %(next)s and %(last)s order by number
"""

_RETRY_ROWS: Final = """
select t.number, r.number as recipient, r.phone_number, r.message_data::text as values, t.attempt
from send_retries t join campaign_recipients r on r.tenant_id = t.tenant_id and r.number = t.recipient_number
where t.tenant_id = %(tenant_id)s and t.number between %(next)s and %(last)s order by t.number
"""

# A batch with a window whose results were never written stays leased: the sweep takes it when the lease ends.
_RELEASE: Final = """
update send_batches b set lease_token = null, lease_until = null,
  status = case when next_number > last_number then 'done' else 'free' end
where b.tenant_id = %(tenant_id)s and b.id = %(id)s and b.lease_token = %(token)s and b.status = 'leased'
  and not exists (
    select from send_windows w where w.tenant_id = b.tenant_id and w.batch_id = b.id and w.settled_at is null)
"""

# Due retries get numbers in one piece, and a batch of their own: from here on they are like any other.
_DUE: Final = """
with due as materialized (
  select tenant_id, id, row_number() over () as place from (
    select tenant_id, id from send_retries
    where tenant_id = %(tenant_id)s and campaign_id = %(campaign_id)s and number is null
      and not_before <= clock_timestamp()
    order by not_before limit %(most)s for update skip locked) as locked
), reserved as materialized (
  select n, reserve_numbers(n) as first from (select count(*) as n from due) as counted where n > 0
), numbered as (
  update send_retries t set number = reserved.first + due.place - 1
  from due, reserved where t.tenant_id = due.tenant_id and t.id = due.id
)
insert into send_batches (tenant_id, campaign_id, kind, first_number, next_number, last_number)
select %(tenant_id)s, %(campaign_id)s, 'retry', first, first, first + n - 1 from reserved
"""

MOST_RETRIES: Final = 200


def claim(store: Store, tenant_id: uuid.UUID, campaign_id: uuid.UUID, seconds: float) -> Batch | None:
    """Lease a free batch of a campaign, making one of its due retries first; None when there is no work."""
    given: dict[str, Any] = {
        "tenant_id": tenant_id,
        "campaign_id": campaign_id,
        "token": uuid.uuid4(),
        "seconds": seconds,
        "most": MOST_RETRIES,
    }
    with store.transaction(tenant_id) as cursor:
        cursor.execute(_DUE, given)
        found = cursor.execute(_CLAIM, given).fetchone()
        if found is None:
            return None
        given |= {"next": found["next_number"], "last": found["last_number"]}
        query = _RETRY_ROWS if found["kind"] == "retry" else _FIRST_ROWS
        with cursor.connection.cursor(row_factory=tuple_row) as tuples:
            rows = [
                Row(number, recipient, phone_number, json.loads(values), attempt)
                for number, recipient, phone_number, values, attempt in tuples.execute(query, given)
            ]
    return Batch(tenant_id, campaign_id, found["id"], given["token"], rows)


def release(store: Store, batch: Batch) -> None:
    """Give a batch back, once all its windows are settled: what was not gated is free for anybody, at once."""
    with store.transaction(batch.tenant_id) as cursor:
        cursor.execute(_RELEASE, {"tenant_id": batch.tenant_id, "id": batch.id, "token": batch.token})
