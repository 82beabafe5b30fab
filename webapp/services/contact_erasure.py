"""Erasure: somebody leaves for good. The figures of campaigns and the number of messages stay, without the person."""

import uuid
from typing import Final

from sqlalchemy import delete, select, update

from webapp.db import db
from webapp.domain.errors import N_, Conflict, NotFound
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.events import Event
from webapp.models.messages_history import Message
from webapp.models.recipients import Recipient
from webapp.models.webhooks import WebhookLog
from webapp.services import audit, opt_outs
from webapp.services.locks import held, lock_tenant

# What stands where the phone number stood. A no under this key keeps the gate shut when somebody has a campaign
# sent again to rows that have nobody left behind them.
ERASED: Final = "erased"

_AT_WORK: Final = ("preparing", "running", "paused")


def in_trash(tenant_id: uuid.UUID, contact_id: uuid.UUID) -> Contact:
    """Somebody who may be erased: only from the trash."""
    return _there(db.session.scalar(Contact.of(tenant_id, deleted=True).where(Contact.id == contact_id)))


def erase(tenant_id: uuid.UUID, contact_id: uuid.UUID, *, by: uuid.UUID | None = None) -> None:
    """Take somebody out of everything: name, number, values, groups, the words of their messages, and what was told of
    them.

    A no to messages stays under its key, so that whoever comes again by a list has still said it.

    Raises:
        Conflict: a campaign that is not over has them; its messages must not lose their way.
    """
    lock_tenant(tenant_id)
    contact = _there(held(Contact.of(tenant_id, deleted=True).where(Contact.id == contact_id)))
    _refuse_at_work(contact)
    _scrub_messages(contact)
    _scrub_recipients(contact)
    _forget_events(contact)
    db.session.execute(delete(Contact).where(Contact.tenant_id == tenant_id, Contact.id == contact_id))
    audit.record(tenant_id, by, "contact_erased", contact_id)
    db.session.commit()


def _refuse_at_work(contact: Contact) -> None:
    having = select(Recipient.campaign_id).where(
        Recipient.tenant_id == contact.tenant_id, Recipient.contact_id == contact.id
    )
    unfinished = Campaign.of(contact.tenant_id).where(Campaign.status.in_(_AT_WORK), Campaign.id.in_(having))
    if campaign := db.session.scalar(unfinished.limit(1)):
        raise Conflict(
            N_("The campaign “%(name)s” has this person and is not over. Let it end, or cancel it first."),
            name=campaign.name,
            campaign_id=campaign.id,
        )


def _forget_events(contact: Contact) -> None:
    """What was told of them and of their messages, and what was or is still to be posted of it."""
    for table in (WebhookLog, Event):
        db.session.execute(
            delete(table).where(table.tenant_id == contact.tenant_id, table.contact_id == contact.id)
        )


def _scrub_messages(contact: Contact) -> None:
    of_contact = (Message.tenant_id == contact.tenant_id, Message.contact_id == contact.id)
    db.session.execute(update(Message).where(*of_contact).values(content="", chat_id=ERASED, extras={}))


def _scrub_recipients(contact: Contact) -> None:
    of_contact = (Recipient.tenant_id == contact.tenant_id, Recipient.contact_id == contact.id)
    blank = {"phone_number": ERASED, "phone_key": ERASED, "message_data": {}}
    db.session.execute(update(Recipient).where(*of_contact).values(**blank))
    opt_outs.add(contact.tenant_id, ERASED, "page")


def _there(contact: Contact | None) -> Contact:
    if contact is None:
        raise NotFound(N_("There is no such contact in the trash."))
    return contact
