"""Reach: how an endpoint has answered lately, as this process sees it, and how many posts to it may be in the air."""

import time
import uuid
from dataclasses import dataclass, field
from typing import Final

FIRST: Final = 2
MOST: Final = 32
MOST_WHEN_SLOW: Final = 8

# Whoever takes longer for an answer is slow, and shares its room with the other slow ones.
QUICK_SECONDS: Final = 1.0


@dataclass(slots=True)
class Reach:
    """`limit` is how many posts may be in the air; `in_air` those that are, with their start in monotonic
    seconds; `unwritten` counts outcomes that the database has not heard of, and `is_behind` says that it could not."""

    limit: int = FIRST
    in_air: dict[uuid.UUID, float] = field(default_factory=dict)
    unwritten: int = 0
    is_behind: bool = False
    has_shown: bool = False
    used_at: float = field(default_factory=time.monotonic)

    def started(self, log_id: uuid.UUID) -> None:
        self.used_at = self.in_air[log_id] = time.monotonic()

    def lasted(self, log_id: uuid.UUID) -> float:
        """Seconds that this post has been in the air."""
        now = time.monotonic()
        return now - self.in_air.get(log_id, now)

    def landed(self, log_id: uuid.UUID, *, success: bool, was_answered: bool) -> None:
        """A post came back."""
        is_quick = self.lasted(log_id) <= QUICK_SECONDS
        self.in_air.pop(log_id, None)
        self.unwritten += 1
        self.used_at = time.monotonic()
        self.has_shown = was_answered and is_quick
        if success:
            self.limit = min(self.limit * 2, MOST) if is_quick else min(self.limit + 1, MOST_WHEN_SLOW)
        else:
            self.limit = max(self.limit // 2, 1)

    def written(self) -> None:
        """The database has heard of an outcome."""
        self.unwritten -= 1
        self.is_behind = self.is_behind and self.unwritten > 0

    def is_quick(self, now: float) -> bool:
        """Whether it answered quickly when it was last asked, and keeps no post waiting now."""
        oldest = next(iter(self.in_air.values()), now)
        return self.has_shown and now - oldest <= QUICK_SECONDS

    def room(self) -> int:
        """How many more posts it may have; none before half are free, so that few claims bring many. Nor before
        what waited for the database is written: to the database it may be due again."""
        if self.is_behind and self.unwritten:
            return 0
        room = self.limit - len(self.in_air)
        return room if room * 2 >= self.limit else 0

    def room_for_one(self) -> int:
        """Room for a single post whose outcome is written before the next."""
        return 0 if self.in_air or self.unwritten else 1
