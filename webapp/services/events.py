"""Events: facts in past tense, told once, in the transaction that makes them true."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, insert, literal

from webapp.db import db, rows_changed
from webapp.domain.events import EVENTS
from webapp.models.events import Event


def emit(tenant_id: uuid.UUID, type: str, object_id: uuid.UUID | None, payload: dict[str, Any]) -> None:
    """Write one event into the outbox. Call it after the change is flushed: the locked row keeps the order."""
    if type not in EVENTS:
        raise ValueError(f"{type} is not in the catalogue")
    db.session.flush()
    db.session.add(Event(tenant_id=tenant_id, type=type, object_id=object_id, payload=payload))
    db.session.flush()


def emit_all(
    tenant_id: uuid.UUID, type: str, facts: Collection[tuple[uuid.UUID | None, dict[str, Any]]]
) -> None:
    """Write many events of one kind, each with its object, in one statement; their rows must be locked."""
    if type not in EVENTS:
        raise ValueError(f"{type} is not in the catalogue")
    rows = [
        {"tenant_id": tenant_id, "type": type, "object_id": object_id, "payload": payload}
        for object_id, payload in facts
    ]
    if rows:
        db.session.execute(insert(Event), rows)


def emit_each(type: str, facts: Select[Any]) -> int:
    """Write the same event of many objects at once, in the statement that changes them; returns how many.

    Args:
        facts: selects tenant_id, object_id, payload; most often from the rows that an update returns.
    """
    if type not in EVENTS:
        raise ValueError(f"{type} is not in the catalogue")
    columns = ["tenant_id", "object_id", "payload", "type"]
    rows = facts.add_columns(literal(type))
    return rows_changed(insert(Event).from_select(columns, rows))
