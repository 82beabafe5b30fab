"""Reach: how one number's provider has answered lately, as one sender sees it, and how much is risked on it."""

import time
from dataclasses import dataclass
from typing import Final

# Rows that may be without an answer: a provider that hangs gets few before it is known to hang.
FIRST: Final = 16
MOST: Final = 128
FEWEST: Final = 2

# Without an answer for so long, nothing more is posted behind it.
SLOW_SECONDS: Final = 2

# Seconds to leave a provider alone that can not be reached, longer each time.
PAUSES: Final = (1, 4, 16, 60)


@dataclass(slots=True)
class Reach:
    """`limit` is how many rows may be without an answer; `silent_since` monotonic seconds, while nobody is there."""

    limit: int = FIRST
    silent_since: float | None = None
    silences: int = 0

    def answered(self) -> None:
        """A window came back with answers only."""
        self.limit = min(self.limit * 2, MOST)
        self.silent_since, self.silences = None, 0

    def doubted(self) -> None:
        """Somebody is there, but not every message was answered."""
        self.limit = max(self.limit // 4, FEWEST)
        self.silent_since, self.silences = None, 0

    def unreached(self) -> float:
        """Nothing could be posted; seconds to leave it alone."""
        self.limit = FEWEST
        if self.silent_since is None:
            self.silent_since = time.monotonic()
        self.silences += 1
        return PAUSES[min(self.silences, len(PAUSES)) - 1]
