"""Acts about the history of messages."""

import uuid
from typing import Any, Final

from webapp.api.acts.act import Act, Holder, Told, page_of, place
from webapp.api.shapes.lists import list_of
from webapp.api.shapes.messages_history import Message, MessagesAsked
from webapp.services import messages

_ROOM: Final[dict[str, Any]] = {"room": "messagesHistory", "scope": "messages:read", "method": "GET"}


def _listed(holder: Holder, asked: MessagesAsked) -> Told:
    which = messages.Which(
        direction=asked.direction or "",
        status=asked.status or "",
        campaign_id=asked.campaign_id,
        q=asked.q or "",
        contact_id=asked.contact_id,
    )
    page = messages.listed(holder.tenant_id, which, limit=asked.limit, **place(asked.cursor))
    return page_of(page, lambda told: messages.described(told.message))


def _look(holder: Holder, key: uuid.UUID) -> Told:
    return messages.described(messages.get(holder.tenant_id, key).message)


ACTS: Final[tuple[Act, ...]] = (
    Act(
        name="messagesHistory.list", about="What left and what arrived, newest first, a page at a time.",
        path="/messages-history", run=_listed, takes=MessagesAsked, gives=list_of(Message),
        procedure="messagesHistory.list", **_ROOM,
    ),
    Act(
        name="messagesHistory.getById", about="One message.", path="/messages-history/<uuid:id>", run=_look,
        gives=Message, procedure="messagesHistory.getById", wrapped="message", **_ROOM,
    ),
)  # fmt: skip
