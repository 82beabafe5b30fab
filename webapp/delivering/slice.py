"""Slice: some seconds in which a deliverer posts whatever is due, of all tenants, to all endpoints at once.

Posts that are in the air when a slice ends fly on into this process's next: an endpoint that hangs holds up nobody.
Helpers look, claim and settle meanwhile.
"""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Final, ParamSpec, TypeVar

from webapp.config import Settings
from webapp.delivering import agenda, books
from webapp.delivering.agenda import Due
from webapp.delivering.claim import Post
from webapp.delivering.landed import Landed, landed
from webapp.delivering.outcome import not_posted, outcome_of
from webapp.delivering.turns import MOST_IN_AIR, Ask, Turns
from webapp.egress.answer import Answer
from webapp.egress.client import Flight
from webapp.egress.rules import Rules
from webapp.services.hands import Hand

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

LOOK_AGAIN_SECONDS: Final = 0.2
GLANCE_SECONDS: Final = 0.005

# While the database is away nothing is asked of it for so long.
REST_SECONDS: Final = 0.5

# Outcomes that wait to be written; with more of them nothing is claimed.
MOST_UNSETTLED: Final = 1024

# Of them so many are written at once.
MOST_AT_ONCE: Final = 256

# A claim holds for this many time limits: one for the post, the others for a slow database.
LEASE_LIMITS: Final = 3

# Beyond its last post a process that is asked to stop waits so long for the database.
STOP_SECONDS: Final = 10


class Deliverer:
    """One delivering process: its connections, and what it knows of the endpoints."""

    def __init__(self, settings: Settings, rules: Rules) -> None:
        self._schedule = settings.webhook_schedule
        self._limit = settings.webhook_timeout_seconds
        self._flight = Flight(rules, connections=MOST_IN_AIR, hears_waits=True)
        self._turns = Turns()
        self._claimer, self._settler = Hand("deliver-claim"), Hand("deliver-settle")
        self._looking: Future[list[Due]] | None = None
        self._claiming: Future[list[Post]] | None = None
        self._asked: list[Ask] = []
        self._settling: Future[list[Landed]] | None = None
        self._unsettled: list[Landed] = []
        self._writing: list[Landed] = []
        self._looked_at = self._rests_until = 0.0

    def serve(self, is_stopping: Callable[[], bool], seconds: float) -> bool:
        """Post for up to `seconds`, or until nothing is due nor in the air, or this process is asked to stop; whether
        something is left. Whoever does not come back for the next slice lets what is in the air land."""
        # A look that began before the bell may not have seen what the bell is for.
        self._looking, self._looked_at = None, 0.0
        end = time.monotonic() + seconds
        while time.monotonic() < end and not is_stopping():
            self._look()
            self._claim()
            self._turn()
            if not self.is_busy and self._looked_at and not self._turns:
                return False
        return True

    def land(self) -> None:
        """Wait for all that is in the air, and write it down."""
        end = time.monotonic() + self._limit + STOP_SECONDS
        while self.is_busy and time.monotonic() < end:
            self._turn()

    def meanwhile(self, work: Callable[P, None], *given: P.args, **named: P.kwargs) -> None:
        """Have something else done that may take its time, while the posts fly on; raises what it raises."""
        job = self._claimer.do(work, *given, **named)
        while not job.done():
            self._turn()
        job.result()

    def close(self) -> None:
        """End the helpers and close every connection; what is in the air is posted again when its lease is over."""
        self._claimer.close()
        self._settler.close()
        self._flight.close()

    @property
    def is_busy(self) -> bool:
        """Whether something is in the air, or is claimed or waits to be written."""
        return bool(len(self._flight) or self._claiming or self._settling or self._unsettled)

    @property
    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def _rest(self) -> None:
        log.warning("database_left_alone")
        self._rests_until = time.monotonic() + REST_SECONDS

    def _turn(self) -> None:
        self._launch()
        self._write()
        self._collect()

    def _look(self) -> None:
        """Bring what is due up to date, some times a second."""
        if self._looking and self._looking.done():
            done, self._looking = self._looking, None
            self._looked_at = time.monotonic()
            self._turns.find(self._result_of(done))
        elif not self._looking and not self._rests and self._is_old:
            self._looking = self._claimer.do(agenda.due)

    @property
    def _is_old(self) -> bool:
        return time.monotonic() - self._looked_at > LOOK_AGAIN_SECONDS

    def _claim(self) -> None:
        if self._claiming or self._rests or len(self._unsettled) >= MOST_UNSETTLED:
            return
        self._asked = self._turns.asks()
        if self._asked:
            self._claiming = self._claimer.do(books.take, self._asked, self._limit * LEASE_LIMITS)

    def _launch(self) -> None:
        """Post what was claimed. An endpoint that had less than was asked for has nothing more."""
        if not self._claiming or not self._claiming.done():
            return
        done, self._claiming = self._claiming, None
        posts = self._result_of(done)
        brought = Counter(post.webhook_id for post in posts)
        for ask in self._asked:
            for webhook_id, room in ask.rooms.items():
                if brought[webhook_id] < room:
                    self._turns.served(ask.tenant_id, webhook_id)
        for post in posts:
            self._fly(post)

    def _fly(self, post: Post) -> None:
        if post.problem:
            self._unsettled.append(landed(post, not_posted(post.problem), self._schedule))
            return
        self._turns.reach(post.webhook_id).started(post.log_id)
        self._flight.post(post.url, post.headers, post.body, post, self._limit)

    def _write(self) -> None:
        """Have outcomes written; those that could not be are brought again."""
        if self._settling and self._settling.done():
            done, self._settling = self._settling, None
            if left := self._result_of(done):
                self._bring_again(left)
            self._heed({id(one) for one in left})
        if self._unsettled and not self._settling and not self._rests:
            now, self._unsettled = self._unsettled[:MOST_AT_ONCE], self._unsettled[MOST_AT_ONCE:]
            self._writing = now
            self._settling = self._settler.do(books.write, _by_tenant(now))

    def _bring_again(self, left: list[Landed]) -> None:
        self._unsettled = left + self._unsettled
        for one in self._unsettled:
            self._turns.reach(one.post.webhook_id).is_behind = True
        self._rest()

    def _heed(self, left: set[int]) -> None:
        """Endpoints whose outcomes the database knows now."""
        for one in self._writing:
            if id(one) not in left and not one.post.problem:
                self._turns.reach(one.post.webhook_id).written()

    def _result_of(self, done: Future[list[T]]) -> list[T]:
        """What a helper brought: nothing if it failed, for that must not end what is in the air."""
        if done.exception():
            self._rest()
            return []
        return done.result()

    def _collect(self) -> None:
        """Take the answers that are there, or wait a moment for the next thing to happen."""
        asked: list[Future[Any]] = [one for one in (self._looking, self._claiming, self._settling) if one]
        if len(self._flight):
            for answer in self._flight.poll(GLANCE_SECONDS):
                self._land(answer)
        elif asked:
            wait(asked, GLANCE_SECONDS * 2, FIRST_COMPLETED)
        else:
            time.sleep(GLANCE_SECONDS)

    def _land(self, answer: Answer) -> None:
        post = answer.context
        assert isinstance(post, Post)
        reach = self._turns.reach(post.webhook_id)
        outcome = outcome_of(answer, reach.lasted(post.log_id))
        reach.landed(post.log_id, success=outcome.success, was_answered=outcome.status_code is not None)
        self._unsettled.append(landed(post, outcome, self._schedule))


def _by_tenant(tries: Iterable[Landed]) -> dict[uuid.UUID, list[Landed]]:
    found: dict[uuid.UUID, list[Landed]] = {}
    for one in tries:
        found.setdefault(one.post.tenant_id, []).append(one)
    return found
