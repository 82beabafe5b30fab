"""Reading untrusted JSON: every reader takes anything and gives something of its type."""

import re
from datetime import UTC, datetime
from typing import Any, Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_HUGE: Final = 10**40  # infinity and what is no number fall out of it too
_LAST_MOMENT: Final = 4_102_444_800  # the year 2100


class Unreadable(ValueError):
    """An item lacks what makes it one."""


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def clean(value: object, longest: int = 4096) -> str:
    """A text or a whole number as a text that PostgreSQL can keep: without NUL and halves of characters."""
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value[:longest]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _HUGE else ""
    if not isinstance(value, str):
        return ""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value[:longest])


def clean_all(value: Any, depth: int = 20) -> Any:
    """The same JSON in a form PostgreSQL can keep; deeper than `depth` it ends."""
    if isinstance(value, str):
        return clean(value)
    if depth and isinstance(value, dict):
        return {clean(key, 200): clean_all(part, depth - 1) for key, part in value.items()}
    if depth and isinstance(value, list):
        return [clean_all(part, depth - 1) for part in value]
    keepable = isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < _HUGE)
    return value if keepable else None


def required(item: dict[str, Any], name: str) -> str:
    """A text that must be there; raises Unreadable."""
    text = clean(item.get(name), 500)
    if not text:
        raise Unreadable(f"no {name}")
    return text


def number(value: object, most: int = 2**31 - 1) -> int | None:
    """A whole number that fits where it is kept, written as a number or as digits."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= most else None


def digits(value: object) -> str:
    """Only the digits of a phone number."""
    return re.sub(r"[^0-9]", "", clean(value, 50))


def moment(value: object) -> datetime | None:
    """Seconds since 1970, as a text (most callbacks) or a number (user_preferences)."""
    seconds = number(value, _LAST_MOMENT)
    return datetime.fromtimestamp(seconds, UTC) if seconds and seconds > 0 else None
