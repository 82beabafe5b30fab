"""Lane: one running campaign as one sender serves it: its batch under lease, its tokens, its windows."""

import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import psycopg

from webapp.sending import errands
from webapp.sending.agenda import Item
from webapp.sending.crew import Crew
from webapp.sending.gate import Unsure, Window, gate
from webapp.sending.lease import Batch
from webapp.sending.pace import Pace
from webapp.sending.post import Post
from webapp.sending.reach import FIRST, SLOW_SECONDS, Reach
from webapp.sending.store import Store
from webapp.sending.window import Flown

# How long a lane without work or leave to send is left alone.
REST_SECONDS: Final = 0.5

# A pause, or a change of many contacts, has the locks: it is soon over.
BUSY_SECONDS: Final = 0.1

# The next batch is fetched when this much of the present one is left: half a second's worth, and at most so many rows.
FETCH_BELOW: Final = 512

# Tokens are taken for a fiftieth of a second at once: a fast number asks Redis rarely, and nobody hoards.
TOKENS_A_SECOND: Final = 50

# A window that was recorded, or seconds until it is worth asking again, or None when nothing may go.
Passed = Window | float | None


@dataclass(slots=True, eq=False)
class Lane:
    """`has_work` is what the last look at the agenda said; `rests_until` is monotonic seconds."""

    item: Item
    post: Post
    crew: Crew
    pace: Pace
    reach: Reach
    lease_seconds: float
    batch: Batch | None = None
    ahead: Batch | None = None
    has_work: bool = True
    tokens: int = 0
    rests_until: float = 0
    fetching: Future[Batch | None] | None = None
    gating: Future[Passed] | None = None
    pausing: Future[None] | None = None
    asked: int = 0
    # Every window from the gate until it is settled.
    flown: list[Flown] = field(default_factory=list)
    # Batches that are used up or refused: given back when their last window is settled.
    leaving: list[Batch] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        """Rows that may be recorded as on the wire and have no answer yet."""
        return self.asked + sum(flown.unanswered for flown in self.flown)

    @property
    def is_idle(self) -> bool:
        return not (self.batch or self.ahead or self.fetching or self.gating or self.flown or self.leaving)

    @property
    def is_hungry(self) -> bool:
        """Whether it would have more rows recorded at once, if it might."""
        has_rows = self.gating is not None or bool(self.batch and self.batch.rows)
        return has_rows and time.monotonic() >= self.rests_until

    @property
    def recorded(self) -> int:
        """Rows from the gate until they are settled."""
        return self.asked + sum(len(flown.window.rows) for flown in self.flown)

    @property
    def down(self) -> list[Flown]:
        """Windows whose answers are all there, in the order of their numbers' leaving."""
        return [flown for flown in self.flown if not flown.unanswered]

    @property
    def limit(self) -> int:
        """How many rows may be without an answer, by how the provider answers."""
        slow = time.monotonic() - SLOW_SECONDS
        is_slow = any(flown.unanswered and flown.launched_at < slow for flown in self.flown)
        return min(self.reach.limit, FIRST) if is_slow else self.reach.limit

    def heed(self) -> None:
        """Learn from the windows that came down since the last look."""
        for flown in self.flown:
            if flown.unanswered or flown.is_heeded:
                continue
            flown.is_heeded = True
            if flown.must_stop:
                # A person has to act first: nothing more of what is in hand may go.
                self.let_go()
                self.rest(REST_SECONDS)
            elif flown.clear:
                self.reach.answered(flown.clear == flown.posted)
            elif flown.posted:
                self.rest(self.reach.silent(flown.doubts, flown.launched_at))
                if reason := self.reach.given_up:
                    self.let_go()
                    self.pausing = self.crew.settler.do(errands.pause, self.item, reason)

    def fetched(self) -> None:
        """Take the batch that was fetched since the last look."""
        if self.fetching and self.fetching.done():
            done, self.fetching = self.fetching, None
            self.ahead = done.result()
            self.has_work = self.ahead is not None

    def fetch(self) -> None:
        """Have the next batch fetched in good time."""
        self.fetched()
        if self.batch and not self.batch.rows and not self.gating:
            self.leaving.append(self.batch)
            self.batch = None
        if not self.batch:
            self.batch, self.ahead = self.ahead, None
        left = len(self.batch.rows) if self.batch else 0
        is_low = left <= min(FETCH_BELOW, self.post.per_second // 2)
        if is_low and self.has_work and not (self.ahead or self.fetching):
            self.fetching = self.crew.fetcher.do(errands.fetch, self.item, self.post, self.lease_seconds)

    def order(self, room: int) -> bool:
        """Ask for a window of up to `room` rows to be recorded; whether one was asked for."""
        if (
            self.gating
            or (self.pausing and not self.pausing.done())
            or not room
            or not self.batch
            or not self.batch.rows
            or time.monotonic() < self.rests_until
        ):
            return False
        self.asked = min(room, len(self.batch.rows))
        self.gating = self.crew.gatekeeper.do(_pass, self, self.batch, self.asked)
        return True

    def passed(self) -> Flown | None:
        """The window that was recorded since the last look, ready to be launched."""
        if not self.gating or not self.gating.done():
            return None
        done, self.gating, self.asked = self.gating, None, 0
        try:
            outcome = done.result()
        except Unsure as unsure:
            # Not one of its rows was posted: if it was recorded after all, they go under new numbers. The slice ends:
            # a database that comes back may not be the one that went (continuity.py looks before the next).
            self.flown.append(Flown.kept_back(unsure.window, self.post))
            self.let_go()
            raise
        if isinstance(outcome, Window):
            # A batch that was let go meanwhile sends nothing more.
            make = Flown if outcome.batch is self.batch else Flown.kept_back
            self.flown.append(make(outcome, self.post))
            return self.flown[-1]
        if outcome is None:
            # Paused, cancelled, or another sender's lease by now: nothing of this batch may go.
            self.let_go()
        self.rest(REST_SECONDS if outcome is None else outcome)
        return None

    def let_go(self) -> None:
        """Gate no more of what is in hand; `give_back` frees it."""
        self.leaving += [batch for batch in (self.batch, self.ahead) if batch]
        self.batch = self.ahead = None

    def give_back(self) -> None:
        """Free the batches that are done with here and have no window between gate and settle."""
        held = {flown.window.batch.id for flown in self.flown}
        for batch in [batch for batch in self.leaving if batch.id not in held]:
            self.leaving.remove(batch)
            self.crew.fetcher.do(errands.give_back, batch)

    def rest(self, seconds: float) -> None:
        self.rests_until = time.monotonic() + seconds

    def take(self, most: int) -> float:
        """Get tokens for up to `most` rows in hand; seconds to wait when there are too few for a window by now."""
        enough = min(most, max(1, self.post.per_second // TOKENS_A_SECOND))
        if self.tokens >= enough:
            return 0
        wanted = max(most, self.post.per_second // TOKENS_A_SECOND) - self.tokens
        grant = self.pace.take(self.post.instance_id, wanted, self.post.per_second)
        self.tokens += grant.tokens
        missing = enough - self.tokens
        return max(grant.wait, missing / self.post.per_second) if missing > 0 else 0


def _pass(store: Store, lane: Lane, batch: Batch, most: int) -> Passed:
    """Tokens first: a window is never larger than the tokens in hand."""
    if wait := lane.take(most):
        return wait
    size = min(most, lane.tokens)
    try:
        window = gate(store, batch, size, lease_seconds=lane.lease_seconds, post_seconds=lane.post.seconds)
    except psycopg.errors.LockNotAvailable:
        return BUSY_SECONDS
    if window:
        lane.tokens -= size
    return window
