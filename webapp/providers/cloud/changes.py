"""One change of a callback, and how its items are read so that a bad one costs only itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.providers.cloud.errors.table import classify
from webapp.providers.cloud.fields import Unreadable, clean, items, mapping, number
from webapp.providers.news import News, Trouble, Unrecognised


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: the business account, the field of its subscription, the value, and when, if told."""

    account: str
    field: str
    value: dict[str, Any]
    at: datetime | None

    @property
    def phone_number_id(self) -> str:
        return clean(mapping(self.value.get("metadata")).get("phone_number_id"), 100)


def each(change: Change, name: str, read: Callable[[Change, dict[str, Any]], News]) -> Iterator[News]:
    """The news of every item in one list of a change."""
    for item in items(change.value.get(name)):
        yield attempt(change, read, mapping(item))


def attempt(change: Change, read: Callable[[Change, dict[str, Any]], News], item: dict[str, Any]) -> News:
    try:
        return read(change, item)
    except Unreadable as why:
        return Unrecognised(change.account, change.field, str(why))


def troubles(errors: object) -> tuple[Trouble, ...]:
    """The errors of a callback that carry a code."""
    return tuple(filter(None, map(_trouble, map(mapping, items(errors)))))


def _trouble(error: dict[str, Any]) -> Trouble | None:
    code = number(error.get("code"))
    if code is None:
        return None
    details = mapping(error.get("error_data")).get("details") or error.get("message")
    return Trouble(code, classify(code), clean(error.get("title"), 300), clean(details, 500))
