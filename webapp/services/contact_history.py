"""What was written to a contact, and what came back."""

import uuid
from typing import Final

from webapp.db import db
from webapp.models.messages_history import Message

_SHOWN: Final = 10


def last_messages(tenant_id: uuid.UUID, contact_id: uuid.UUID) -> list[Message]:
    """The last few messages with somebody, the newest first."""
    query = Message.of(tenant_id).where(Message.contact_id == contact_id)
    return list(db.session.scalars(query.order_by(Message.id.desc()).limit(_SHOWN)))
