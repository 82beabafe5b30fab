"""People: who a piece of news is about. Somebody is known by number, in any spelling, or by WhatsApp's own id."""

import uuid
from datetime import datetime

from webapp.db import db
from webapp.domain import phones
from webapp.domain.errors import Invalid
from webapp.models.contacts import Contact
from webapp.providers.news import Inbound
from webapp.services import contact_senders


def writer(tenant_id: uuid.UUID, news: Inbound, at: datetime) -> Contact | None:
    """The contact of somebody who wrote, made if there is none; None when the news names nobody."""
    try:
        return contact_senders.seen(
            tenant_id, wa_id=news.wa_id or None, user_id=news.user_id or None, name=news.name, at=at
        )
    except Invalid:
        return None


def find(tenant_id: uuid.UUID, wa_id: str, user_id: str = "") -> Contact | None:
    """The living contact of these ids, if there is one."""
    query = Contact.of(tenant_id).where(Contact.phone_key == _own_key(wa_id, user_id))
    found = db.session.scalar(query)
    if found is None and user_id:
        found = db.session.scalar(Contact.of(tenant_id).where(Contact.whatsapp_user_id == user_id).limit(1))
    return found


def keys_of(tenant_id: uuid.UUID, wa_id: str, user_id: str) -> set[str]:
    """Every key this person is known by: what they want counts for each of their numbers."""
    keys = {_own_key(wa_id, user_id)}
    if user_id:
        keys.update(
            db.session.scalars(
                Contact.of(tenant_id)
                .where(Contact.whatsapp_user_id == user_id)
                .with_only_columns(Contact.phone_key)
            )
        )
    return {key for key in keys if key}


def _own_key(wa_id: str, user_id: str) -> str | None:
    try:
        return phones.from_wa_id(wa_id).key if wa_id else phones.bsuid_key(user_id)
    except Invalid:
        return None
