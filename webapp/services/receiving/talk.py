"""Talk: what people write to our numbers, what they choose in WhatsApp itself, and what colleagues write by phone."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from webapp.db import db
from webapp.models.tenants import Tenant
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.news import Echo, Inbound, Preference
from webapp.services.receiving import changed_numbers, people, said
from webapp.services.receiving.choices import wants_messages
from webapp.services.receiving.inbox import Body
from webapp.services.receiving.reading import Talk
from webapp.services.receiving.said import Said
from webapp.services.receiving.wishes import Wish

Piece = tuple[Talk, WhatsAppInstance, Body]


def apply(tenant_id: uuid.UUID, talk: Sequence[Piece]) -> list[Wish]:
    """Write down what was said; who wants to hear no more or again. Commits nothing.

    In the order of people, so that two workers do not lock each other up."""
    pieces = sorted(talk, key=_person)
    messages = [
        _said(tenant_id, news, instance, body)
        for news, instance, body in pieces
        if not isinstance(news, Preference)
    ]
    new = said.write(tenant_id, messages)
    for one in messages:
        if isinstance(one.news, Inbound) and one.news.moved_to and one.contact and one.news.message_id in new:
            changed_numbers.follow(one.contact, one.news.moved_to)
    return _wishes(tenant_id, pieces)


def _person(piece: Piece) -> tuple[str, str]:
    news = piece[0]
    return news.wa_id, "" if isinstance(news, Echo) else news.user_id


def _said(tenant_id: uuid.UUID, news: Inbound | Echo, instance: WhatsAppInstance, body: Body) -> Said:
    """Whoever writes is a contact from now on; whom WhatsApp or a colleague speaks of may be one."""
    at = datetime.fromtimestamp(min(_seconds(news, body), body.now), UTC)
    if isinstance(news, Echo):
        contact = people.find(tenant_id, news.wa_id)
    elif news.type == "system":
        contact = people.find(tenant_id, news.wa_id, news.user_id)
    else:
        contact = people.writer(tenant_id, news, at)
    return Said(news, instance, contact, at)


def _wishes(tenant_id: uuid.UUID, pieces: Sequence[Piece]) -> list[Wish]:
    """In doubt, when a wish to hear from us has no time, it is not granted."""
    stop_words = db.session.get_one(Tenant, tenant_id).opt_out_words if pieces else ()
    wishes: list[Wish] = []
    for news, _, body in pieces:
        if isinstance(news, Echo):
            continue
        if isinstance(news, Preference):
            source, wants = "native", _switched(news, body)
        else:
            source, wants = "stop_word", wants_messages(news, stop_words)
        if wants is False or (wants and news.at):
            keys = people.keys_of(tenant_id, news.wa_id, news.user_id)
            wishes += [Wish(key, source, wants, _seconds(news, body)) for key in keys]
    return wishes


def _switched(news: Preference, body: Body) -> bool | None:
    """Somebody who signs up by a link has switched nothing: that callback is kept as it came."""
    if news.value == "signup":
        body.note("signup")
        return None
    return news.value == "resume"


def _seconds(news: Talk, body: Body) -> float:
    return news.at.timestamp() if news.at else body.received_at
