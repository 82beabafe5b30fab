"""Window: recorded numbers on their way over the wire, and what comes back for each."""

import time
from dataclasses import dataclass, field

from webapp.domain.errors import Refusal
from webapp.egress.answer import Answer
from webapp.egress.client import Flight
from webapp.providers.base import Outcome
from webapp.sending.gate import Window
from webapp.sending.lease import Row
from webapp.sending.post import Post
from webapp.sending.results import RETRY, Result, result_of


@dataclass(slots=True)
class Flown:
    """A window in the air: its results so far, and the outcomes that ask for more than a row's status."""

    window: Window
    post: Post
    results: list[Result] = field(default_factory=list)
    outcomes: list[tuple[Row, Outcome]] = field(default_factory=list)

    @property
    def is_down(self) -> bool:
        return len(self.results) == len(self.window.rows)

    def launch(self, flight: Flight) -> None:
        """Post every row that may still go. Nothing here waits."""
        for row in self.window.rows:
            if reason := self.window.held_back.get(row.recipient):
                status = "settled" if reason == "settled" else "skipped"
                self.results.append(Result(row, status, error_message=reason))
            else:
                self._post(row, flight)

    def land(self, row: Row, content: str, answer: Answer) -> None:
        """Take the answer to one row of this window."""
        outcome = self.post.provider.read_send_answer(answer)
        self.outcomes.append((row, outcome))
        self.results.append(result_of(row, outcome, content))

    def _post(self, row: Row, flight: Flight) -> None:
        try:
            content, body = self.post.body(row)
        except Refusal as refusal:
            # One recipient whose text can not be made fails alone.
            self.results.append(Result(row, "failed", error_message=str(refusal)))
            return
        if time.monotonic() > self.window.start_before:
            # Too late to be sure of the lease: it was never posted, so another number may carry it.
            self.results.append(Result(row, RETRY, attempt=row.attempt))
            return
        flight.post(self.post.url, self.post.headers, body, InAir(self, row, content), self.post.seconds)


@dataclass(frozen=True, slots=True)
class InAir:
    """What comes back with an answer: whose it is."""

    flown: Flown
    row: Row
    content: str

    def land(self, answer: Answer) -> None:
        self.flown.land(self.row, self.content, answer)
