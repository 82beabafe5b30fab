"""Messages: what left and what arrived, newest first."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, select

from webapp.db import db
from webapp.domain import as_json, ids, whatsapp_text
from webapp.domain.errors import N_, NotFound
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.messages_history import DIRECTIONS, STATUSES, Message
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import contact_search, pages
from webapp.services.campaigns import reasons
from webapp.services.campaigns.reasons import Reason

# What people call sent WhatsApp has taken, whether or not it has said that it is on its way.
_ALIKE: Final = {"sent": ("accepted", "sent")}
# Messages that one look for a rare kind goes through: no index holds a status, so that writing them stays cheap.
LOOK: Final = 250_000
# People whose messages one search shows.
MOST_PEOPLE: Final = 200
_BEGINNING: Final = 200
# News of a campaign's messages come for some days after its end; what was uncertain enters the history with them.
_LATE: Final = timedelta(days=7)
_EARLY: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Which:
    """Which messages a list is about: by direction, by status, of one campaign, with people who match `q`, with one
    contact."""

    direction: str = ""
    status: str = ""
    campaign_id: uuid.UUID | None = None
    q: str = ""
    contact_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A message with the names of what it belongs to; a thing that is gone is None."""

    message: Message
    contact: Contact | None
    campaign: Campaign | None
    number: WhatsAppInstance | None
    reason: Reason | None

    @property
    def text(self) -> str:
        """The beginning of what it says, without the marks for bold and the like."""
        return "".join(segment.text for segment in whatsapp_text.segments(self.message.content[:_BEGINNING]))

    @property
    def phone_number(self) -> str | None:
        """Of the other side; None when it is hidden from us."""
        if self.contact is not None and self.contact.phone_number:
            return self.contact.phone_number
        return f"+{self.message.chat_id}" if self.message.chat_id.isdecimal() else None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """`is_partial` says that the look ended before the page was full; it goes on with `older`."""

    items: list[Told]
    newer: uuid.UUID | None
    older: uuid.UUID | None
    is_partial: bool = False


def described(message: Message) -> dict[str, Any]:
    """The message as the API tells it."""
    return {
        "id": str(message.id),
        "messageId": message.message_id,
        "chatId": message.chat_id,
        "whatsappInstanceId": as_json.key(message.whatsapp_instance_id),
        "contactId": as_json.key(message.contact_id),
        "campaignId": as_json.key(message.campaign_id),
        "direction": message.direction,
        "type": message.type,
        "content": message.content,
        "status": message.status,
        "errorCode": message.error_code,
        "sentAt": as_json.moment(message.sent_at),
        "deliveredAt": as_json.moment(message.delivered_at),
        "readAt": as_json.moment(message.read_at),
        "createdAt": message.created_at.isoformat(),
    }


def listed(
    tenant_id: uuid.UUID,
    which: Which,
    *,
    newer: uuid.UUID | None = None,
    older: uuid.UUID | None = None,
    limit: int = pages.PAGE,
) -> MessagePage:
    """One page of the history."""
    keys = {name: key for name, key in (("newer", newer), ("older", older)) if key}
    if which.q.strip() or which.contact_id is not None:
        return _with_people(tenant_id, which, keys, limit)
    everything = _in_time(tenant_id, which.campaign_id)
    end = _end_of_look(everything, keys) if _is_rare(which) else None
    query = _filtered(everything, which)
    if end is not None:
        query = query.where(Message.id <= end if newer else Message.id >= end)
    found = pages.page(query, Message.id, newer=newer, older=older, limit=limit)
    page = MessagePage(_told(tenant_id, found.items), found.newer, found.older)
    return page if end is None else _further(page, everything, end, keys)


def get(tenant_id: uuid.UUID, message_id: uuid.UUID) -> Told:
    """One message by our own id, not the provider's."""
    message = db.session.scalar(Message.of(tenant_id).where(Message.id == message_id))
    if message is None:
        raise NotFound(N_("There is no such message."))
    return _told(tenant_id, [message])[0]


def campaigns_with_messages(tenant_id: uuid.UUID, most: int = 50) -> list[Campaign]:
    """The campaigns to choose from, the newest first."""
    query = Campaign.of(tenant_id).where(Campaign.started_at.is_not(None))
    return list(db.session.scalars(query.order_by(Campaign.id.desc()).limit(most)))


def _with_people(
    tenant_id: uuid.UUID, which: Which, keys: Mapping[str, uuid.UUID], limit: int
) -> MessagePage:
    """By the index of contacts. Chosen first, sorted after: else the planner may walk through everything."""
    contact_ids = _people(tenant_id, which)
    if not contact_ids:
        return MessagePage([], None, None)
    theirs = select(Message.id).where(Message.tenant_id == tenant_id, Message.contact_id.in_(contact_ids))
    chosen = theirs.cte("theirs").prefix_with("materialized")
    query = Message.of(tenant_id).where(Message.id.in_(select(chosen.c.id)))
    newer, older = keys.get("newer"), keys.get("older")
    found = pages.page(_filtered(query, which), Message.id, newer=newer, older=older, limit=limit)
    return MessagePage(_told(tenant_id, found.items), found.newer, found.older)


def _people(tenant_id: uuid.UUID, which: Which) -> list[uuid.UUID]:
    """Somebody who is named may lie in the trash; whoever is searched for may not."""
    if which.contact_id is not None and not which.q.strip():
        return [which.contact_id]
    people = contact_search.matching(tenant_id, contact_search.Which(q=which.q))
    if which.contact_id is not None:
        people = people.where(Contact.id == which.contact_id)
    return list(db.session.scalars(people.with_only_columns(Contact.id).limit(MOST_PEOPLE)))


def _in_time(tenant_id: uuid.UUID, campaign_id: uuid.UUID | None) -> Select[Message]:
    """A campaign's messages lie between its start and some days after its end: the key knows their time."""
    query = Message.of(tenant_id)
    campaign = db.session.get(Campaign, (tenant_id, campaign_id)) if campaign_id else None
    if campaign is None or campaign.started_at is None:
        return query
    query = query.where(Message.id >= ids.least_at(campaign.started_at - _EARLY))
    if campaign.completed_at is not None:
        query = query.where(Message.id < ids.least_at(campaign.completed_at + _LATE))
    return query


def _filtered(query: Select[Message], which: Which) -> Select[Message]:
    if which.campaign_id is not None:
        query = query.where(Message.campaign_id == which.campaign_id)
    if which.direction in DIRECTIONS:
        query = query.where(Message.direction == which.direction)
    if which.status in STATUSES:
        query = query.where(Message.status.in_(_ALIKE.get(which.status, (which.status,))))
    return query


def _is_rare(which: Which) -> bool:
    return bool(which.direction or which.status or which.campaign_id)


def _end_of_look(everything: Select[Message], keys: Mapping[str, uuid.UUID]) -> uuid.UUID | None:
    """The last key that this look goes to; None when there is nothing."""
    query = everything.with_only_columns(Message.id)
    if "newer" in keys:
        query = query.where(Message.id > keys["newer"]).order_by(Message.id)
    else:
        query = query.order_by(Message.id.desc())
    if "older" in keys:
        query = query.where(Message.id < keys["older"])
    looked = query.limit(LOOK).subquery()
    last = looked.c.id.desc() if "newer" in keys else looked.c.id
    end: uuid.UUID | None = db.session.scalar(select(looked.c.id).order_by(last).limit(1))
    return end


def _further(
    page: MessagePage, everything: Select[Message], end: uuid.UUID, keys: Mapping[str, uuid.UUID]
) -> MessagePage:
    """The page, with the way on to what lies beyond the look when the look did not fill it."""
    if "newer" in keys:
        if page.newer is None and _any(everything.where(Message.id > end)):
            return replace(page, newer=end, is_partial=True)
    elif page.older is None and _any(everything.where(Message.id < end)):
        return replace(page, older=end, newer=page.newer or keys.get("older"), is_partial=True)
    return page


def _any(query: Select[Message]) -> bool:
    return db.session.scalar(query.with_only_columns(Message.id).limit(1)) is not None


def _told(tenant_id: uuid.UUID, messages: Sequence[Message]) -> list[Told]:
    contacts = _by_id(Contact.of(tenant_id), Contact.id, [m.contact_id for m in messages])
    campaigns = _by_id(Campaign.of(tenant_id), Campaign.id, [m.campaign_id for m in messages])
    numbers = _by_id(
        WhatsAppInstance.of(tenant_id), WhatsAppInstance.id, [m.whatsapp_instance_id for m in messages]
    )
    return [
        Told(
            message,
            contacts.get(message.contact_id),
            campaigns.get(message.campaign_id),
            numbers.get(message.whatsapp_instance_id),
            reasons.of_failure(message.error_code) if message.error_code else None,
        )
        for message in messages
    ]


def _by_id(query: Select[Any], key: Any, wanted: Sequence[uuid.UUID | None]) -> dict[uuid.UUID | None, Any]:
    keys = {one for one in wanted if one is not None}
    return {row.id: row for row in db.session.scalars(query.where(key.in_(keys)))} if keys else {}
