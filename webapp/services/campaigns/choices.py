"""Choices: what the wizard offers, and what became of what was chosen before."""

import uuid
from collections.abc import Collection
from typing import Final

from sqlalchemy import func, or_, select

from webapp.db import db
from webapp.models.contacts import Contact
from webapp.models.groups import Group
from webapp.models.message_templates import MessageTemplate
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services.contact_lists import listed
from webapp.services.contact_search import Which

MOST_OFFERED: Final = 500
MOST_FOUND: Final = 8


def numbers(tenant_id: uuid.UUID) -> list[WhatsAppInstance]:
    """The numbers that may send, the oldest first."""
    query = WhatsAppInstance.of(tenant_id).order_by(WhatsAppInstance.id).limit(MOST_OFFERED)
    return list(db.session.scalars(query))


def groups(tenant_id: uuid.UUID, chosen: Collection[uuid.UUID] = ()) -> list[Group]:
    """The groups that campaigns may choose, by name; of very many, those that are chosen are always there."""
    query = Group.of(tenant_id).where(Group.is_active).order_by(func.lower(Group.name))
    offered = list(db.session.scalars(query.limit(MOST_OFFERED)))
    left = set(chosen) - {group.id for group in offered}
    return offered + (list(db.session.scalars(query.where(Group.id.in_(left)))) if left else [])


def lost_groups(tenant_id: uuid.UUID, chosen: Collection[uuid.UUID]) -> list[Group]:
    """Groups that were chosen and have been deleted or switched off since."""
    gone = or_(Group.deleted_at.is_not(None), ~Group.is_active)
    query = select(Group).where(Group.tenant_id == tenant_id, Group.id.in_(chosen), gone)
    return list(db.session.scalars(query.order_by(func.lower(Group.name))))


def templates(tenant_id: uuid.UUID) -> list[MessageTemplate]:
    """The templates that campaigns may choose, by name."""
    query = MessageTemplate.of(tenant_id).where(MessageTemplate.is_active)
    return list(db.session.scalars(query.order_by(func.lower(MessageTemplate.name)).limit(MOST_OFFERED)))


def contacts(tenant_id: uuid.UUID, chosen: Collection[uuid.UUID]) -> list[Contact]:
    """Those of the chosen contacts who are there, in the order in which they were chosen."""
    found = {
        contact.id: contact
        for contact in db.session.scalars(Contact.of(tenant_id).where(Contact.id.in_(chosen)))
    }
    return [found[key] for key in dict.fromkeys(chosen) if key in found]


def found(tenant_id: uuid.UUID, q: str, chosen: Collection[uuid.UUID]) -> list[Contact]:
    """Some contacts that a search finds and that are not chosen yet."""
    if not q.strip():
        return []
    some = listed(tenant_id, Which(q=q), limit=MOST_FOUND + min(len(chosen), 100)).items
    return [contact for contact in some if contact.id not in chosen][:MOST_FOUND]
