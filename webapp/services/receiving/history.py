"""History: what became of each message that left, by the id the provider gave it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text

from webapp.db import db
from webapp.domain import as_json
from webapp.services.events import emit_all
from webapp.services.receiving import unwritten
from webapp.services.receiving.told import Told, arrays, words_of

_UPDATE: Final = """
with given as (
  select instance_id, message_id, status, code, to_timestamp(sent) as sent_at,
    to_timestamp(delivered) as delivered_at, to_timestamp(read) as read_at
  from unnest(%(instances)s::uuid[], %(ids)s::text[], %(statuses)s::text[], %(codes)s::int[], %(sent)s::float8[],
    %(delivered)s::float8[], %(read)s::float8[])
    as g(instance_id, message_id, status, code, sent, delivered, read)
)
update messages_history h set
  status = case when recipient_rank(g.status) > recipient_rank(h.status) then g.status else h.status end,
  error_code = case when recipient_rank(g.status) > recipient_rank(h.status) then g.code else h.error_code end,
  sent_at = least(h.sent_at, g.sent_at),
  delivered_at = least(h.delivered_at, g.delivered_at),
  read_at = least(h.read_at, g.read_at)
from given g
where h.tenant_id = %(tenant_id)s and h.message_id = g.message_id and h.whatsapp_instance_id = g.instance_id
  and h.direction = 'out' and (recipient_rank(g.status) > recipient_rank(h.status)
    or g.sent_at < coalesce(h.sent_at, 'infinity') or g.delivered_at < coalesce(h.delivered_at, 'infinity')
    or g.read_at < coalesce(h.read_at, 'infinity'))
returning h.id, h.message_id, h.campaign_id, h.contact_id, h.chat_id, old.status as was, new.status as now
"""

_KNOWN: Final = text(
    """
select whatsapp_instance_id, message_id from messages_history
where tenant_id = :tenant_id and direction = 'out' and message_id = any(cast(:ids as text[]))
"""
)

_IS_WANTED: Final = text(
    """
select exists (select from webhooks where tenant_id = :tenant_id and deleted_at is null and is_active
  and 'message_status_changed' = any(events))
"""
)


def apply(tenant_id: uuid.UUID, messages: Collection[Told], pairs: Sequence[tuple[int, Told]]) -> None:
    """Write what was told of these messages, after their recipients' rows are held. Commits nothing.

    The rows come first because settle takes them first too: what it was about to write is there now or waits."""
    changed = _update(tenant_id, messages)
    there = {row.message_id for row in changed}
    rest = [told for told in messages if told.message_id not in there]
    if rest:
        changed += unwritten.write(tenant_id, pairs, there | _known(tenant_id, rest))
    if db.session.scalar(_IS_WANTED, {"tenant_id": tenant_id}):
        _tell(tenant_id, changed, {told.message_id: told for told in messages})


def _update(tenant_id: uuid.UUID, messages: Collection[Told]) -> list[Any]:
    told = sorted(messages, key=lambda one: one.message_id)
    given = {"tenant_id": tenant_id, **arrays(told)}
    return list(db.session.connection().exec_driver_sql(_UPDATE, given).all())


def _known(tenant_id: uuid.UUID, messages: Sequence[Told]) -> set[str]:
    """Those that are written already, by the number that they are told of."""
    asked = {"tenant_id": tenant_id, "ids": [told.message_id for told in messages]}
    rows = {(row.whatsapp_instance_id, row.message_id) for row in db.session.execute(_KNOWN, asked)}
    return {told.message_id for told in messages if (told.instance_id, told.message_id) in rows}


def _tell(tenant_id: uuid.UUID, changed: Sequence[Any], told: Mapping[str, Told]) -> None:
    """One event for each message whose status moved."""
    moved = [row for row in changed if row.was != row.now]
    emit_all(
        tenant_id,
        "message_status_changed",
        [(row.id, _described(row, told[row.message_id])) for row in moved],
    )


def _described(row: Any, told: Told) -> dict[str, Any]:
    failed = told.failure if row.now == "failed" else None
    return {
        "id": str(row.id),
        "messageId": row.message_id,
        "campaignId": as_json.key(row.campaign_id),
        "contactId": as_json.key(row.contact_id),
        "chatId": row.chat_id,
        "status": row.now,
        "previousStatus": row.was,
        "errorCode": failed.code if failed else None,
        "errorMessage": words_of(failed),
    }
