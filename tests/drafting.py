"""Contacts with attributes, and drafts that are ready to be started."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.campaigning import make_instance
from webapp.db import db
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.events import Event
from webapp.models.opt_outs import OptOut
from webapp.services.campaigns import drafts

_NUMBERS = iter(range(491520000000, 491529999999))


def make_contact(tenant_id: uuid.UUID, name: str = "Ana Souza", **fields: Any) -> Contact:
    """A living contact with a number of its own; `attributes` and every column may be given."""
    digits = str(next(_NUMBERS))
    contact = Contact(
        tenant_id=tenant_id, **{"phone_number": f"+{digits}", "phone_key": digits, "name": name} | fields
    )
    db.session.add(contact)
    db.session.commit()
    return contact


def opt_out(contact: Contact) -> None:
    db.session.add(
        OptOut(tenant_id=contact.tenant_id, phone_key=contact.phone_key, source="page", at=datetime.now(UTC))
    )
    db.session.commit()


def make_draft(tenant_id: uuid.UUID, **typed: Any) -> Campaign:
    """A draft to everyone that lacks nothing, unless `typed` says otherwise."""
    ready = {"name": "Spring", "recipient_type": "all", "message": "Hello", "scheduled_at": None}
    if "whatsapp_instance_id" not in typed:
        typed["whatsapp_instance_id"] = make_instance(tenant_id).id
    return drafts.create(tenant_id, **ready | typed)


def in_a_week() -> datetime:
    """A wall clock time that has not come yet, to the minute."""
    return (datetime.now(UTC) + timedelta(days=7)).replace(tzinfo=None, second=0, microsecond=0)


def told(tenant_id: uuid.UUID, about: str) -> list[str]:
    """The types of the events about campaigns, templates or the like, in order."""
    types = select(Event.type).where(Event.tenant_id == tenant_id, Event.type.startswith(about))
    return list(db.session.scalars(types.order_by(Event.sequence)))
