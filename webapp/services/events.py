"""Events: facts in past tense, told once, in the transaction that makes them true."""

import uuid
from typing import Any

from webapp.db import db
from webapp.domain.events import EVENTS
from webapp.models.events import Event


def emit(tenant_id: uuid.UUID, type: str, object_id: uuid.UUID | None, payload: dict[str, Any]) -> None:
    """Write one event into the outbox. Call it after the change is flushed: the locked row keeps the order."""
    if type not in EVENTS:
        raise ValueError(f"{type} is not in the catalogue")
    db.session.flush()
    db.session.add(Event(tenant_id=tenant_id, type=type, object_id=object_id, payload=payload))
    db.session.flush()
