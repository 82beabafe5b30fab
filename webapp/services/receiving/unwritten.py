"""Unwritten: messages that the provider knows and the history does not, because their sender died before it could
write them down, or is a moment behind. Whoever of the two comes second adds nothing."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any, Final

from webapp.db import db
from webapp.domain import placeholders
from webapp.domain.errors import Invalid
from webapp.services.receiving.told import Told, arrays

_RECIPIENTS: Final = """
select g.at, r.contact_id, r.campaign_id, r.phone_number, r.message_data, c.message, c.message_kind, c.message_variables
from unnest(%(numbers)s::bigint[], %(instances)s::uuid[]) with ordinality as g(number, instance_id, at)
join campaign_recipients r on r.tenant_id = %(tenant_id)s and r.number = g.number
join campaigns c on c.tenant_id = r.tenant_id and c.id = r.campaign_id and c.whatsapp_instance_id = g.instance_id
order by g.at
"""

_INSERT: Final = """
insert into messages_history as h (tenant_id, whatsapp_instance_id, contact_id, campaign_id, message_id, chat_id,
  direction, type, content, status, error_code, sent_at, delivered_at, read_at)
select %(tenant_id)s, instance_id, contact_id, campaign_id, message_id, chat_id, 'out', type, content, status, code,
  to_timestamp(sent), to_timestamp(delivered), to_timestamp(read)
from unnest(%(instances)s::uuid[], %(contacts)s::uuid[], %(campaigns)s::uuid[], %(ids)s::text[], %(chats)s::text[],
  %(types)s::text[], %(contents)s::text[], %(statuses)s::text[], %(codes)s::int[], %(sent)s::float8[],
  %(delivered)s::float8[], %(read)s::float8[]) as g(instance_id, contact_id, campaign_id, message_id, chat_id, type,
  content, status, code, sent, delivered, read)
order by message_id
on conflict (tenant_id, message_id) do nothing
returning id, message_id, campaign_id, contact_id, chat_id, null::text as was, status as now
"""


def write(tenant_id: uuid.UUID, pairs: Sequence[tuple[int, Told]], there: Collection[str]) -> list[Any]:
    """Write those messages to these recipients that are not `there`; what is of nobody here is noted as unknown."""
    missing = [(number, told) for number, told in pairs if told.message_id not in there]
    if not missing:
        return []
    given = {
        "tenant_id": tenant_id,
        "numbers": [number for number, _ in missing],
        "instances": [told.instance_id for _, told in missing],
    }
    rows = db.session.connection().exec_driver_sql(_RECIPIENTS, given).all()
    found = {row.at - 1: row for row in rows}
    for at, (_, told) in enumerate(missing):
        if at not in found:
            told.note("unknown message")
    return _insert(tenant_id, [(missing[at][1], row) for at, row in found.items()])


def _insert(tenant_id: uuid.UUID, ours: Sequence[tuple[Told, Any]]) -> list[Any]:
    if not ours:
        return []
    rows = [row for _, row in ours]
    given = {
        "tenant_id": tenant_id,
        "contacts": [row.contact_id for row in rows],
        "campaigns": [row.campaign_id for row in rows],
        "chats": [told.wa_id or row.phone_number.lstrip("+") for told, row in ours],
        "types": [row.message_kind for row in rows],
        "contents": [_content(row) for row in rows],
        **arrays([told for told, _ in ours]),
    }
    return list(db.session.connection().exec_driver_sql(_INSERT, given).all())


def _content(row: Any) -> str:
    """The text as the recipient got it."""
    try:
        message = placeholders.compile(row.message)
        return message.render(row.message_data, row.message_variables)
    except Invalid:
        return str(row.message)
