"""Settle: the results of some windows in one bulk statement, with history rows, guarded by lease and rank."""

import uuid
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

from webapp.arrays import plain, texts
from webapp.sending.gate import Window
from webapp.sending.results import RETRY, Result
from webapp.sending.store import Cursor, Store
from webapp.services import counts

# Only the sender whose lease still stands may say "not accepted, try again": after the sweep took a window over,
# its rows are uncertain and stay so until a callback or a person says otherwise.
_CLOSE: Final = """
update send_windows w set settled_at = clock_timestamp()
from unnest(%(batches)s::uuid[], %(firsts)s::bigint[], %(tokens)s::uuid[]) as g(batch_id, first_number, token)
where w.tenant_id = %(tenant_id)s and w.batch_id = g.batch_id and w.first_number = g.first_number
  and w.lease_token = g.token and w.settled_at is null
returning w.first_number
"""

_GIVEN: Final = """
given as (
  select * from unnest(%(numbers)s::bigint[], %(statuses)s::text[], %(message_ids)s::text[], %(chat_ids)s::text[],
    %(contents)s::text[], %(codes)s::int[], %(errors)s::text[])
  as g(number, status, message_id, chat_id, content, code, error)
)"""

# The highest rank wins, so a callback that was quicker is not undone; its history row is written here all the same.
_SETTLE: Final = f"""
with {_GIVEN}, changed as (
  update campaign_recipients r set
    status = case when recipient_rank(g.status) > recipient_rank(r.status)
      or (g.status = 'skipped' and r.status = 'pending') then g.status else r.status end,
    message_id = coalesce(r.message_id, g.message_id),
    sent_at = coalesce(r.sent_at, case when g.status = 'accepted' then clock_timestamp() end),
    failed_at = case when g.status = 'failed' then coalesce(r.failed_at, clock_timestamp()) else r.failed_at end,
    error_code = case when recipient_rank(r.status) >= recipient_rank(g.status) then r.error_code
      when g.status = 'accepted' then null else coalesce(g.code, r.error_code) end,
    error_message = case when recipient_rank(r.status) >= recipient_rank(g.status) then r.error_message
      when g.status = 'accepted' then null else coalesce(g.error, r.error_message) end
  from given g
  where r.tenant_id = %(tenant_id)s and r.number = any(%(numbers)s::bigint[]) and r.number = g.number
  returning r.tenant_id, r.campaign_id, r.number, r.contact_id, r.phone_number, old.status as was, new.status as now,
    new.sent_at, new.delivered_at, new.read_at, new.error_code
), told as (
  insert into messages_history (tenant_id, whatsapp_instance_id, contact_id, campaign_id, message_id, chat_id,
    direction, type, content, status, sent_at, delivered_at, read_at)
  select c.tenant_id, %(instance_id)s, c.contact_id, c.campaign_id, g.message_id,
    coalesce(nullif(g.chat_id, ''), ltrim(c.phone_number, '+')), 'out', %(type)s, g.content, c.now, c.sent_at,
    c.delivered_at, c.read_at
  from changed c join given g on g.number = c.number where g.message_id is not null
  on conflict (tenant_id, message_id) do nothing
), failures as (
  insert into campaign_failures as f (tenant_id, campaign_id, error_code, count)
  select tenant_id, campaign_id, coalesce(error_code, 0), count(*) from changed where now = 'failed' and was <> 'failed'
  group by 1, 2, 3 order by 3
  on conflict (tenant_id, campaign_id, error_code) do update set count = f.count + excluded.count
)
{counts.ADD.format(source="changed")}
"""

_RETRY: Final = """
insert into send_retries (tenant_id, campaign_id, recipient_number, attempt, not_before)
select %(tenant_id)s, %(campaign_id)s, recipient, attempt, clock_timestamp() + make_interval(secs => wait)
from unnest(%(recipients)s::bigint[], %(attempts)s::int[], %(waits)s::float8[]) as t(recipient, attempt, wait)
"""

_NOTE: Final = """
update campaign_recipients r set error_code = t.code, error_message = t.error
from unnest(%(recipients)s::bigint[], %(codes)s::int[], %(errors)s::text[]) as t(recipient, code, error)
where r.tenant_id = %(tenant_id)s and r.number = t.recipient and r.status = 'pending'
"""


Landed = tuple[Window, list[Result]]


def settle(store: Store, landed: Sequence[Landed], *, instance_id: uuid.UUID, type: str) -> None:
    """Write what became of every row of some windows of one campaign, once.

    Raises:
        psycopg.OperationalError: the database is away; nothing is written, and all of it may be tried again.
    """
    batch = landed[0][0].batch
    place = {"tenant_id": batch.tenant_id, "campaign_id": batch.campaign_id}
    results = sorted(chain(*(given for _, given in landed)), key=lambda result: result.row.recipient)
    final = [result for result in results if result.status not in (RETRY, "settled")]
    with store.transaction(batch.tenant_id) as cursor:
        closed = {row["first_number"] for row in cursor.execute(_CLOSE, place | _windows(landed))}
        if final:
            cursor.execute(_SETTLE, place | _arrays(final) | {"instance_id": instance_id, "type": type})
        again = [
            result
            for window, given in landed
            if window.first in closed
            for result in given
            if result.status == RETRY
        ]
        if again:
            _retry(cursor, place, again)


def _windows(landed: Sequence[Landed]) -> dict[str, Any]:
    return {
        "batches": [window.batch.id for window, _ in landed],
        "firsts": [window.first for window, _ in landed],
        "tokens": [window.batch.token for window, _ in landed],
    }


def _arrays(results: list[Result]) -> dict[str, Any]:
    return {
        "numbers": plain(r.row.recipient for r in results),
        "statuses": texts(r.status for r in results),
        "message_ids": texts(r.message_id for r in results),
        "chat_ids": texts(r.wa_id for r in results),
        "contents": texts(r.row.content for r in results),
        "codes": plain(r.error_code for r in results),
        "errors": texts(r.error_message for r in results),
        "stripe": counts.stripe(),
    }


def _retry(cursor: Cursor, place: dict[str, Any], results: list[Result]) -> None:
    given = place | {
        "recipients": [r.row.recipient for r in results],
        "attempts": [r.attempt for r in results],
        "waits": [r.wait for r in results],
        "codes": [r.error_code for r in results],
        "errors": [r.error_message for r in results],
    }
    cursor.execute(_RETRY, given)
    cursor.execute(_NOTE, given)
