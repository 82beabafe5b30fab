"""Figures: how a campaign stands at one moment, as pages and frames show it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Protocol

from webapp.domain.errors import N_, NotFound
from webapp.domain.statuses import FINAL_CAMPAIGN_STATUSES
from webapp.services import counts
from webapp.services.slowness import Slowness

# The segments of the bar, from the best news to none, and the statuses of the recipients behind each.
SEGMENTS: Final[dict[str, tuple[str, ...]]] = {
    "read": ("read",),
    "delivered": ("delivered",),
    "sent": ("accepted", "sent"),
    "uncertain": ("uncertain",),
    "failed": ("failed",),
    "waiting": ("pending",),
    "skipped": ("skipped",),
    "cancelled": ("cancelled",),
}

_TIMES: Final = ("at", "created_at", "scheduled_at", "started_at", "completed_at")


class Counted(Protocol):
    """Whatever has a campaign's counts: its row, or its figures."""

    @property
    def total_recipients(self) -> int: ...
    @property
    def sent_count(self) -> int: ...
    @property
    def delivered_count(self) -> int: ...
    @property
    def read_count(self) -> int: ...
    @property
    def failed_count(self) -> int: ...
    @property
    def uncertain_count(self) -> int: ...
    @property
    def skipped_count(self) -> int: ...
    @property
    def cancelled_count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Figures:
    """A campaign's figures at `at`, by PostgreSQL's clock; `failures` by error code, `excluded` by reason,
    `duplicates` are people who got it twice because a person had it sent again, `ran_seconds` is for how long it ran,
    without pauses, up to its last stop."""

    id: uuid.UUID
    name: str
    status: str
    paused_reason: str | None
    total_recipients: int
    sent_count: int
    delivered_count: int
    read_count: int
    failed_count: int
    uncertain_count: int
    skipped_count: int
    cancelled_count: int
    at: datetime
    scheduled_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    excluded: dict[str, int]
    failures: dict[int, int]
    duplicates: int = 0
    created_at: datetime | None = None
    ran_seconds: float = 0
    paused_by: str | None = None
    slowed: Slowness | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Figures":
        """From counts.read, or from what progress.publish made of it."""
        given = {field.name: told[field.name] for field in fields(cls) if field.name in told}
        given |= {name: _time(told.get(name)) for name in _TIMES}
        given["id"] = uuid.UUID(str(told["id"]))
        given["slowed"] = Slowness.of(told.get("slowed"))
        given["failures"] = {int(code): count for code, count in (told["failures"] or {}).items()}
        return cls(**given)

    @property
    def waiting(self) -> int:
        return waiting(self)

    @property
    def is_over(self) -> bool:
        return self.status in FINAL_CAMPAIGN_STATUSES

    @property
    def took_seconds(self) -> float | None:
        """How long it was being sent, once it is over."""
        if self.started_at is None or self.completed_at is None:
            return None
        return self.ran_seconds or (self.completed_at - self.started_at).total_seconds()

    @property
    def segments(self) -> dict[str, int]:
        return segments(self)


def now(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Figures:
    """The figures of this moment, from PostgreSQL. Raises NotFound."""
    told = counts.read(tenant_id, campaign_id)
    if told is None:
        raise NotFound(N_("There is no such campaign."))
    return Figures.of(told)


def waiting(counted: Counted) -> int:
    """Who was not written to yet, or is on the wire: what the other states leave of the total."""
    told = counted.sent_count + counted.failed_count + counted.uncertain_count
    return counted.total_recipients - told - counted.skipped_count - counted.cancelled_count


def segments(counted: Counted) -> dict[str, int]:
    """How many recipients each segment of the bar has; nobody is in two."""
    return {
        "read": counted.read_count,
        "delivered": counted.delivered_count - counted.read_count,
        "sent": counted.sent_count - counted.delivered_count,
        "uncertain": counted.uncertain_count,
        "failed": counted.failed_count,
        "waiting": waiting(counted),
        "skipped": counted.skipped_count,
        "cancelled": counted.cancelled_count,
    }


def _time(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
