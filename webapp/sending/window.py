"""Window: recorded numbers on their way over the wire, and what comes back for each."""

import time
from dataclasses import dataclass, field
from typing import Self

from webapp.egress.answer import Answer
from webapp.egress.client import Flight
from webapp.providers.base import Accepted, Outcome, Refused, Unknown
from webapp.providers.errors import PAUSING
from webapp.sending.gate import Window
from webapp.sending.lease import Row
from webapp.sending.post import Post
from webapp.sending.results import RETRY, Result, result_of


@dataclass(slots=True, eq=False)
class Flown:
    """A window in the air: its results so far, and the outcomes that may ask for more than a row's status."""

    window: Window
    post: Post
    results: list[Result] = field(default_factory=list)
    outcomes: list[tuple[Row, Outcome]] = field(default_factory=list)

    # What the answers say of the provider: a person has to act; how many are clear, and how many leave a doubt.
    must_stop: bool = False
    clear: int = 0
    doubts: int = 0
    posted: int = 0
    is_heeded: bool = False
    # Monotonic seconds of the first POST and of the last answer.
    launched_at: float = 0
    down_at: float = 0

    @classmethod
    def kept_back(cls, window: Window, post: Post) -> Self:
        """A window of which nothing was posted and nothing will be: another number may carry each row."""
        results = [Result(row, RETRY, attempt=row.attempt) for row in window.rows]
        return cls(window, post, results, down_at=time.monotonic())

    @property
    def unanswered(self) -> int:
        return len(self.window.rows) - len(self.results)

    def launch(self, flight: Flight) -> None:
        """Post every row that may still go. Nothing here waits."""
        if not self.unanswered:
            return
        self.launched_at = time.monotonic()
        is_late = self.launched_at > self.window.start_before
        for row in self.window.rows:
            if reason := self.window.held_back.get(row.recipient):
                status = "settled" if reason == "settled" else "skipped"
                self._take(Result(row, status, error_message=reason))
            elif row.refusal:
                self._take(Result(row, "failed", error_message=row.refusal))
            elif is_late:
                # Too late to be sure of the lease: it was never posted, so another number may carry it.
                self._take(Result(row, RETRY, attempt=row.attempt))
            else:
                self.posted += 1
                flight.post(self.post.url, self.post.headers, row.body, InAir(self, row), self.post.seconds)

    def land(self, row: Row, answer: Answer) -> None:
        """Take the answer to one row of this window."""
        outcome = self.post.provider.read_send_answer(answer)
        if not isinstance(outcome, Accepted):
            self.outcomes.append((row, outcome))
            self.must_stop |= isinstance(outcome, Refused) and outcome.cls in PAUSING
            self.doubts += isinstance(outcome, Unknown)
        self.clear += isinstance(outcome, Accepted | Refused)
        self._take(result_of(row, outcome))

    def _take(self, result: Result) -> None:
        self.results.append(result)
        if not self.unanswered:
            self.down_at = time.monotonic()


@dataclass(slots=True)
class InAir:
    """What comes back with an answer: whose it is."""

    flown: Flown
    row: Row

    def land(self, answer: Answer) -> None:
        self.flown.land(self.row, answer)
