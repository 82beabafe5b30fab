"""Keys that know their time: UUIDv7 begins with the milliseconds since 1970 (RFC 9562, section 5.7)."""

import uuid
from datetime import datetime
from typing import Final

_RANDOM_BITS: Final = 80
_VERSION_AND_VARIANT: Final = (7 << 76) | (2 << 62)


def least_at(at: datetime) -> uuid.UUID:
    """The least key that can have been made at this instant: what was made later is above it."""
    milliseconds = int(at.timestamp() * 1000)
    return uuid.UUID(int=(milliseconds << _RANDOM_BITS) | _VERSION_AND_VARIANT)
