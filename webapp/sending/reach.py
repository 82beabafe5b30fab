"""Reach: how one number's provider has answered lately, as one sender sees it, and how much is risked on it."""

import time
from dataclasses import dataclass
from typing import Final

# Rows that may be without an answer: a provider that hangs gets few before it is known to hang.
FIRST: Final = 16
MOST: Final = 128
FEWEST: Final = 2

# Without an answer for so long, little more is posted behind it.
SLOW_SECONDS: Final = 2

# Seconds to leave a provider alone that says nothing clear, longer each time.
PAUSES: Final = (1, 4, 16, 60)

# Fewer in a row happen to a provider that is there.
SOME_IN_DOUBT: Final = 8

# A person is asked when nothing clear came for so long, or when so many messages are in doubt that were posted after
# it was known: what was in the air when a provider began to hang says only that it hung.
PATIENCE_SECONDS: Final = 300
MOST_RISKED: Final = 10


@dataclass(slots=True)
class Reach:
    """`limit` is how many rows may be without an answer. While nothing clear is heard: how many rows nobody knows the
    end of; once those are too many, since when (monotonic seconds), how many windows, how many such rows more."""

    limit: int = FIRST
    silent_since: float | None = None
    silences: int = 0
    in_doubt: int = 0
    risked: int = 0

    def answered(self, is_whole: bool) -> None:
        """A window came back, with a clear answer to each row or to some."""
        self.limit = min(self.limit * 2, MOST) if is_whole else max(self.limit // 4, FEWEST)
        self.silent_since, self.silences, self.in_doubt, self.risked = None, 0, 0, 0

    def silent(self, doubts: int, launched_at: float) -> float:
        """A window came back without one clear answer, `doubts` of it posted; seconds to leave the provider alone.

        `launched_at` is when it left, in monotonic seconds."""
        self.limit = max(self.limit // 4, FEWEST)
        self.in_doubt += doubts
        if self.silent_since is not None and launched_at > self.silent_since:
            self.risked += doubts
        if doubts and self.in_doubt < SOME_IN_DOUBT:
            return 0
        if self.silent_since is None:
            self.silent_since = time.monotonic()
        self.silences += 1
        return PAUSES[min(self.silences, len(PAUSES)) - 1]

    @property
    def given_up(self) -> str | None:
        """Why a person has to look at it, as paused_reason has it; None while it is worth trying."""
        if self.risked >= MOST_RISKED:
            return "unclear_answers"
        if self.silent_since is not None and time.monotonic() - self.silent_since >= PATIENCE_SECONDS:
            return "unreachable"
        return None
