"""Talk: what people write to our numbers, what they choose in WhatsApp itself, and what colleagues write by phone."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from webapp.db import db
from webapp.models.contacts import Contact
from webapp.models.messages_history import Message
from webapp.models.tenants import Tenant
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.news import Echo, Inbound, Preference
from webapp.services.events import emit
from webapp.services.receiving import changed_numbers, people
from webapp.services.receiving.choices import wants_messages
from webapp.services.receiving.inbox import Body
from webapp.services.receiving.reading import Talk
from webapp.services.receiving.wishes import Wish

Piece = tuple[Talk, WhatsAppInstance, Body]


def apply(tenant_id: uuid.UUID, talk: Sequence[Piece]) -> list[Wish]:
    """Write down what was said; who wants to hear no more or again. Commits nothing.

    In the order of people, so that two workers do not lock each other up."""
    if not talk:
        return []
    stop_words = db.session.get_one(Tenant, tenant_id).opt_out_words
    wishes: list[Wish] = []
    for news, instance, body in sorted(talk, key=_person):
        if isinstance(news, Inbound):
            wishes += _hear(tenant_id, news, instance, body, stop_words)
        elif isinstance(news, Preference):
            wishes += _choose(tenant_id, news, body)
        else:
            _echo(tenant_id, news, instance, body)
    return wishes


def _person(piece: Piece) -> tuple[str, str]:
    news = piece[0]
    return news.wa_id, "" if isinstance(news, Echo) else news.user_id


def _hear(
    tenant_id: uuid.UUID, news: Inbound, instance: WhatsAppInstance, body: Body, stop_words: Iterable[str]
) -> list[Wish]:
    if news.type == "system":
        _notice(tenant_id, news, instance, body)
        return []
    at = _time(news, body)
    contact = people.writer(tenant_id, news, at)
    written = _write(tenant_id, news, instance, contact, _inbound(news) | {"sent_at": at})
    if written:
        emit(tenant_id, "message_received", written, _described(written, news, contact, at))
    wants = wants_messages(news, stop_words)
    return [] if wants is None else _wishes(tenant_id, news, "stop_word", wants, body)


def _notice(tenant_id: uuid.UUID, news: Inbound, instance: WhatsAppInstance, body: Body) -> None:
    """WhatsApp itself says something about a person: they did not write."""
    contact = people.find(tenant_id, news.wa_id, news.user_id)
    sent = {"sent_at": _time(news, body)}
    is_news = _write(tenant_id, news, instance, contact, _inbound(news) | sent)
    if is_news and contact and news.moved_to:
        changed_numbers.follow(contact, news.moved_to)


def _choose(tenant_id: uuid.UUID, news: Preference, body: Body) -> list[Wish]:
    """WhatsApp's own switch. Somebody who signs up by a link has switched nothing: it is kept as it came."""
    if news.value == "signup":
        body.note("signup")
        return []
    return _wishes(tenant_id, news, "native", news.value == "resume", body)


def _wishes(
    tenant_id: uuid.UUID, news: Inbound | Preference, source: str, wants: bool, body: Body
) -> list[Wish]:
    """In doubt, when a wish to hear from us has no time, it is not granted."""
    if wants and news.at is None:
        return []
    at = news.at.timestamp() if news.at else body.received_at
    return [Wish(key, source, wants, at) for key in people.keys_of(tenant_id, news.wa_id, news.user_id)]


def _echo(tenant_id: uuid.UUID, news: Echo, instance: WhatsAppInstance, body: Body) -> None:
    contact = people.find(tenant_id, news.wa_id)
    sent = {"direction": "out", "status": "sent", "sent_at": _time(news, body)}
    _write(tenant_id, news, instance, contact, sent)


def _inbound(news: Inbound) -> dict[str, Any]:
    extras = {"payload": news.payload, "replyTo": news.reply_to, "provider": dict(news.extras)}
    return {
        "direction": "in",
        "status": "received",
        "extras": {name: value for name, value in extras.items() if value},
    }


def _write(
    tenant_id: uuid.UUID,
    news: Inbound | Echo,
    instance: WhatsAppInstance,
    contact: Contact | None,
    columns: dict[str, Any],
) -> uuid.UUID | None:
    """A row of the history, or None when this message was told before."""
    row = insert(Message).values(
        tenant_id=tenant_id,
        whatsapp_instance_id=instance.id,
        contact_id=contact.id if contact else None,
        message_id=news.message_id,
        chat_id=news.wa_id or (news.user_id if isinstance(news, Inbound) else ""),
        type=news.type,
        content=news.text,
        **columns,
    )
    return db.session.scalar(row.on_conflict_do_nothing().returning(Message.id))


def _described(message: uuid.UUID, news: Inbound, contact: Contact | None, at: datetime) -> dict[str, Any]:
    return {
        "id": str(message),
        "messageId": news.message_id,
        "contactId": str(contact.id) if contact else None,
        "chatId": news.wa_id or news.user_id,
        "type": news.type,
        "content": news.text,
        "payload": news.payload or None,
        "replyTo": news.reply_to or None,
        "receivedAt": at.isoformat(),
    }


def _time(news: Inbound | Echo, body: Body) -> datetime:
    """When it was sent as the provider says, never in the future."""
    at = news.at.timestamp() if news.at else body.received_at
    return datetime.fromtimestamp(min(at, body.now), UTC)
