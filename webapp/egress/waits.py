"""How long the other side asks to be left alone. libcurl reads Retry-After too, but believes at most six hours."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_NAME: Final = b"retry-after:"
_MOST_DIGITS: Final = 9


def is_wait(header: bytes) -> bool:
    """Whether this line of an answer's head is a Retry-After."""
    return header[: len(_NAME)].lower() == _NAME


def read_wait(header: bytes) -> int:
    """The seconds of a Retry-After, from their number or from the date; 0 when it is neither or in the past."""
    value = header[len(_NAME) :].strip().decode("latin-1")
    if value.isascii() and value.isdecimal():
        return int(value) if len(value) <= _MOST_DIGITS else 10**_MOST_DIGITS
    try:
        until = parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return 0
    return max(0, round((until - datetime.now(UTC)).total_seconds()))
