"""Said: messages of people as rows of the history, many at once; one that is told again adds nothing."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from webapp.db import db
from webapp.domain import as_json
from webapp.models.contacts import Contact
from webapp.models.messages_history import Message
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.news import Echo, Inbound
from webapp.services.events import emit_all


@dataclass(frozen=True, slots=True)
class Said:
    """One message, the number it came to or left from, and whose it is, as far as that is known."""

    news: Inbound | Echo
    instance: WhatsAppInstance
    contact: Contact | None
    at: datetime

    @property
    def is_answer(self) -> bool:
        """Whether a person wrote this to us: an echo is a colleague's, a notice WhatsApp's own."""
        return isinstance(self.news, Inbound) and self.news.type != "system"


def write(tenant_id: uuid.UUID, said: Sequence[Said]) -> Collection[str]:
    """Write messages that were not told before, and tell of them; the ids of those. Commits nothing."""
    if not said:
        return ()
    unwritten = insert(Message).on_conflict_do_nothing().returning(Message.message_id, Message.id)
    rows = db.session.execute(unwritten, [_row(tenant_id, one) for one in said])
    new = {row.message_id: row.id for row in rows}
    answers = {one.news.message_id: one for one in said if one.is_answer}
    told = [(new[name], _described(new[name], one)) for name, one in answers.items() if name in new]
    emit_all(tenant_id, "message_received", told)
    return new.keys()


def _row(tenant_id: uuid.UUID, said: Said) -> dict[str, Any]:
    is_inbound = isinstance(said.news, Inbound)
    return {
        "tenant_id": tenant_id,
        "whatsapp_instance_id": said.instance.id,
        "contact_id": _id(said),
        "message_id": said.news.message_id,
        "chat_id": _chat_id(said.news),
        "direction": "in" if is_inbound else "out",
        "type": said.news.type,
        "content": said.news.text,
        "extras": _extras(said.news),
        "status": "received" if is_inbound else "sent",
        "sent_at": said.at,
    }


def _extras(news: Inbound | Echo) -> dict[str, Any]:
    if isinstance(news, Echo):
        return {}
    extras = {"payload": news.payload, "replyTo": news.reply_to, "provider": dict(news.extras)}
    return {name: value for name, value in extras.items() if value}


def _described(message: uuid.UUID, said: Said) -> dict[str, Any]:
    assert isinstance(said.news, Inbound)
    contact_id = _id(said)
    return {
        "id": str(message),
        "messageId": said.news.message_id,
        "contactId": as_json.key(contact_id),
        "chatId": _chat_id(said.news),
        "type": said.news.type,
        "content": said.news.text,
        "payload": said.news.payload or None,
        "replyTo": said.news.reply_to or None,
        "receivedAt": said.at.isoformat(),
    }


def _id(said: Said) -> uuid.UUID | None:
    return said.contact.id if said.contact else None


def _chat_id(news: Inbound | Echo) -> str:
    return news.wa_id or (news.user_id if isinstance(news, Inbound) else "")
