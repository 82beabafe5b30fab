"""Events: facts in past tense, told once, in the transaction that makes them true."""

import json
import uuid
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Select, insert, literal, text

from webapp import arrays, broker
from webapp.db import db, on_commit_once, rows_changed
from webapp.domain.events import EVENTS
from webapp.models.events import Event

# Whose message says that a tenant has new events. It may be lost: whoever reads looks by itself, too.
CHANNEL: Final = "events"

Fact = tuple[uuid.UUID | None, dict[str, Any]]

_INSERT: Final = text(
    """
insert into events (tenant_id, type, object_id, payload)
select :tenant_id, :type, f.object_id, f.payload
from unnest(cast(:objects as uuid[]), cast(:payloads as jsonb[])) with ordinality as f (object_id, payload, place)
order by f.place
"""
)


def emit(tenant_id: uuid.UUID, type: str, object_id: uuid.UUID | None, payload: dict[str, Any]) -> None:
    """Write one event into the outbox. Call it after the change is flushed: the locked row keeps the order."""
    emit_all(tenant_id, type, [(object_id, payload)])


def emit_all(tenant_id: uuid.UUID, type: str, facts: Collection[Fact]) -> None:
    """Write many events of one kind, each with its object, in one statement; their rows must be locked."""
    if not facts:
        return
    db.session.flush()
    emit_on(db.session.connection(), tenant_id, type, facts)
    _tell_after_commit(tenant_id, type)


def emit_each(type: str, facts: Select[Any]) -> int:
    """Write the same event of many objects at once, in the statement that changes them; returns how many.

    Args:
        facts: selects tenant_id, object_id, payload; most often from the rows that an update returns.
    """
    _require_known(type)
    columns = ["tenant_id", "object_id", "payload", "type"]
    rows = facts.add_columns(literal(type))
    written = rows_changed(insert(Event).from_select(columns, rows))
    if written:
        _tell_after_commit(db.session().info["tenant_id"], type)
    return written


def emit_on(connection: Connection, tenant_id: uuid.UUID, type: str, facts: Collection[Fact]) -> None:
    """The same for those who have a connection of their own; they call `tell` after the commit."""
    _require_known(type)
    given = {
        "tenant_id": tenant_id,
        "type": type,
        "objects": arrays.plain(object_id for object_id, _ in facts),
        "payloads": arrays.texts(json.dumps(payload) for _, payload in facts),
    }
    connection.execute(_INSERT, given)


def tell(tenant_id: uuid.UUID) -> None:
    """Wake whoever reads this tenant's events."""
    broker.publish_on(broker.redis(), CHANNEL, {"tenant_id": str(tenant_id)})


def _tell_after_commit(tenant_id: uuid.UUID, type: str) -> None:
    on_commit_once(tell, tenant_id)
    if EVENTS[type].to_webhooks:
        on_commit_once(broker.ring, "deliver_webhooks")


def _require_known(type: str) -> None:
    if type not in EVENTS:
        raise ValueError(f"{type} is not in the catalogue")
