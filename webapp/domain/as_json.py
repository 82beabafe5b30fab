"""What JSON has no type for, as it is told outside: moments, and keys that may be missing."""

import uuid
from datetime import UTC, datetime


def key(of: uuid.UUID | None) -> str | None:
    return None if of is None else str(of)


def moment(at: datetime | None) -> str | None:
    """ISO 8601 with the offset that the moment has."""
    return None if at is None else at.isoformat()


def now() -> str:
    """This moment as events carry theirs: ISO 8601 in UTC, to the microsecond, with a Z."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
