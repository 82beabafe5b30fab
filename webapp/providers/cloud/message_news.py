"""Callbacks of a number: what became of our messages, who wrote to us, who wants no marketing."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from webapp.providers.cloud.changes import Change, each, troubles
from webapp.providers.cloud.fields import Unreadable, clean, clean_all, items, mapping, moment, required
from webapp.providers.cloud.words import payload_of, words_of
from webapp.providers.news import Echo, Inbound, News, NumberTrouble, Preference, Status

# Listening to a voice message is reading it.
_STATUSES: Final = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
_PREFERENCES: Final = ("stop", "resume", "signup")
_READ_ALREADY: Final = {"from", "from_user_id", "id", "timestamp", "type"}


def _read_messages(change: Change) -> Iterator[News]:
    """Statuses first: a person who answers at once has the message."""
    yield from each(change, "statuses", _status)
    yield from each(change, "messages", _inbound)
    errors = troubles(change.value.get("errors"))
    if errors:
        yield NumberTrouble(change.phone_number_id, change.account, errors)


def _status(change: Change, item: dict[str, Any]) -> Status:
    status = _STATUSES.get(clean(item.get("status"), 50))
    if not status:
        raise Unreadable("unknown status")
    pricing = mapping(item.get("pricing"))
    return Status(
        change.phone_number_id,
        change.account,
        required(item, "id"),
        status,
        moment(item.get("timestamp")),
        clean(item.get("recipient_id"), 50),
        clean(item.get("recipient_user_id"), 100),
        clean(item.get("biz_opaque_callback_data"), 512),
        troubles(item.get("errors")) if status == "failed" else (),
        clean(pricing.get("category"), 100),
        clean(pricing.get("type"), 100),
    )


def _inbound(change: Change, item: dict[str, Any]) -> Inbound:
    wa_id, user_id = clean(item.get("from"), 50), clean(item.get("from_user_id"), 100)
    contact = _contact(change, wa_id, user_id)
    kind = clean(item.get("type"), 50) or "unsupported"
    return Inbound(
        change.phone_number_id,
        change.account,
        required(item, "id"),
        moment(item.get("timestamp")),
        kind,
        wa_id or clean(contact.get("wa_id"), 50),
        user_id or clean(contact.get("user_id"), 100),
        clean(mapping(contact.get("profile")).get("name"), 500),
        words_of(kind, item),
        payload_of(kind, item),
        clean(mapping(item.get("context")).get("id"), 500),
        clean_all({key: value for key, value in item.items() if key not in _READ_ALREADY}),
        _moved_to(mapping(item.get("system"))) if kind == "system" else "",
    )


def _moved_to(system: dict[str, Any]) -> str:
    """Older versions call the new id new_wa_id, and the notice customer_changed_number."""
    if not clean(system.get("type"), 50).endswith("changed_number"):
        return ""
    return clean(system.get("wa_id") or system.get("new_wa_id"), 50)


def _contact(change: Change, wa_id: str, user_id: str) -> dict[str, Any]:
    """Who wrote: the contact with one of these ids, or the only one there is."""
    contacts = [mapping(contact) for contact in items(change.value.get("contacts"))]
    for contact in contacts:
        if (wa_id and contact.get("wa_id") == wa_id) or (user_id and contact.get("user_id") == user_id):
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def _preference(change: Change, item: dict[str, Any]) -> Preference:
    value = clean(item.get("value"), 50)
    if value not in _PREFERENCES:
        raise Unreadable("unknown preference")
    wa_id, user_id = clean(item.get("wa_id"), 50), clean(item.get("user_id"), 100)
    if not (wa_id or user_id):
        raise Unreadable("nobody named")
    category, at = clean(item.get("category"), 100), moment(item.get("timestamp"))
    return Preference(change.phone_number_id, change.account, value, category, at, wa_id, user_id)


def _echo(change: Change, item: dict[str, Any]) -> Echo:
    kind = clean(item.get("type"), 50)
    return Echo(
        change.phone_number_id,
        change.account,
        required(item, "id"),
        clean(item.get("to"), 50),
        moment(item.get("timestamp")),
        kind,
        words_of(kind, item),
    )


READERS: Final[dict[str, Callable[[Change], Iterator[News]]]] = {
    "messages": _read_messages,
    "user_preferences": lambda change: each(change, "user_preferences", _preference),
    "smb_message_echoes": lambda change: each(change, "message_echoes", _echo),
}
