"""The bodies of callbacks, and their signature."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simulator.answers import compact
from simulator.numbers import Number

# How the parts of `value` are called, by what an item is.
_FIELDS = {"statuses": "messages", "messages": "messages", "user_preferences": "user_preferences"}


@dataclass(slots=True)
class Item:
    """One piece of news about one number: a status, an inbound message, a changed preference."""

    number: Number
    kind: str
    content: dict[str, Any]
    contact: dict[str, Any] | None = None
    account_id: str = ""


def envelope(items: Iterable[Item]) -> bytes:
    """One body for all of them: an entry per business account, a change per number and kind."""
    groups: dict[tuple[str, str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.account_id, item.number.id, item.kind), []).append(item)
    entries: dict[str, list[dict[str, Any]]] = {}
    for (account_id, _, kind), group in groups.items():
        change = {"value": _value(kind, group), "field": _FIELDS[kind]}
        entries.setdefault(account_id, []).append(change)
    return _body([{"id": account_id, "changes": changes} for account_id, changes in entries.items()])


def account_envelope(account_id: str, time: int, field: str, value: dict[str, Any]) -> bytes:
    """A body about the account itself, a template of it for example."""
    return _body([{"id": account_id, "time": time, "changes": [{"value": value, "field": field}]}])


def sign(body: bytes, app_secret: str) -> str:
    """The value of X-Hub-Signature-256 over exactly these bytes."""
    return "sha256=" + hmac.digest(app_secret.encode(), body, "sha256").hex()


def _value(kind: str, group: list[Item]) -> dict[str, Any]:
    number = group[0].number
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": number.display, "phone_number_id": number.id},
    }
    people = {item.contact["user_id"]: item.contact for item in group if item.contact}
    if people:
        value["contacts"] = list(people.values())
    value[kind] = [item.content for item in group]
    return value


def _body(entries: list[dict[str, Any]]) -> bytes:
    """Meta escapes what is not ASCII, and slashes; a slash stands in JSON only inside strings."""
    return compact({"object": "whatsapp_business_account", "entry": entries}).replace(b"/", b"\\/")
