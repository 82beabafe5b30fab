"""Slice: some seconds in which a sender serves every running campaign that has work and tokens, in turns.

Windows of several campaigns are in the air at once, over connections that stay warm from slice to slice, while the
crew fetches the next batch, records the next window and settles the last ones.
"""

import logging
import time
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Final

import psycopg
from redis import Redis

from webapp.config import Settings
from webapp.db import db
from webapp.egress.client import Flight
from webapp.egress.rules import Rules
from webapp.sending import agenda
from webapp.sending.agenda import Item
from webapp.sending.crew import Crew
from webapp.sending.ear import Ear
from webapp.sending.landing import Landing
from webapp.sending.lane import REST_SECONDS, Lane
from webapp.sending.pace import Pace
from webapp.sending.post import post_of
from webapp.sending.reach import Reach
from webapp.sending.store import Store
from webapp.sending.window import InAir
from webapp.services import tracking
from webapp.services.campaigns import listing

log = logging.getLogger(__name__)

# What a crash may leave uncertain: rows that are recorded and have no answer yet.
MOST_UNANSWERED: Final = 128

# Where very many share, each may have so many of them, and they take turns.
FEWEST_SHARED: Final = 8

# Answers that wait to be written. Callbacks tell them again after a crash.
MOST_UNSETTLED: Final = 1024

SLICE_SECONDS: Final = 20
# What runs is looked for when the bell rings, which is heard about so often, or after a while in any case.
LISTEN_SECONDS: Final = 0.025
LOOK_AGAIN_SECONDS: Final = 0.5
SHUN_SECONDS: Final = 30

# A recorded window wakes nobody who waits for sockets.
GLANCE_SECONDS: Final = 0.002


class Sender:
    """One sending process: its connections, and the campaigns it serves in the present slice."""

    def __init__(self, settings: Settings, rules: Rules, redis: Redis) -> None:
        self._settings = settings
        self._crew = Crew(settings.database_url)
        self._pace = Pace(redis)
        self._landing = Landing(self._crew.settler, redis)
        self._ear = Ear(redis)
        self._flight = Flight(rules)
        self._lanes: dict[uuid.UUID, Lane] = {}
        self._reach: dict[uuid.UUID, Reach] = {}
        self._shunned: dict[uuid.UUID, float] = {}
        self._looking: Future[list[Item] | None] | None = None
        self._looked_at = self._listened_at = 0.0

    def serve(self, is_stopping: Callable[[], bool], seconds: float = SLICE_SECONDS) -> bool:
        """Send for up to `seconds`, then land everything and give the leases back; whether work is left."""
        end = time.monotonic() + seconds
        try:
            self._find(agenda.items())
            while self._lanes and time.monotonic() < end and not is_stopping():
                self._look()
                self._turn()
            return bool(self._lanes)
        finally:
            self._end()

    def close(self) -> None:
        """End the helpers and close every connection."""
        self._crew.close()
        self._flight.close()

    def _look(self) -> None:
        """Bring the lanes up to date with what runs."""
        now = time.monotonic()
        if self._looking and self._looking.done():
            done, self._looking = self._looking, None
            if (items := done.result()) is not None:
                self._find(items)
        elif not self._looking and now - self._listened_at > LISTEN_SECONDS:
            self._listened_at, is_due = now, now - self._looked_at > LOOK_AGAIN_SECONDS
            self._looking = self._crew.fetcher.do(_news, self._ear, is_due)

    def _find(self, items: list[Item]) -> None:
        self._looked_at = time.monotonic()
        found = {item.campaign_id: item for item in agenda.in_turns(items)}
        for key, item in found.items():
            if key not in self._lanes and self._shunned.get(key, 0) < time.monotonic():
                self._open(item)
        for key, lane in list(self._lanes.items()):
            lane.has_work = key in found
            if not lane.has_work and lane.is_idle:
                del self._lanes[key]

    def _open(self, item: Item) -> None:
        try:
            pair = listing.with_number(item.tenant_id, item.campaign_id)
            post = pair and post_of(*pair, tracking.key(), self._settings.provider_timeout_seconds)
        except Exception:
            db.session.rollback()
            self._shun(item.campaign_id)
            return
        if post:
            lease_seconds = self._settings.send_lease_seconds
            reach = self._reach.setdefault(post.instance_id, Reach())
            self._lanes[item.campaign_id] = Lane(item, post, self._crew, self._pace, reach, lease_seconds)

    def _shun(self, campaign_id: uuid.UUID) -> None:
        """One campaign's trouble is its own: the others go on."""
        log.exception("lane_failed", extra={"campaign_id": str(campaign_id)})
        self._shunned[campaign_id] = time.monotonic() + SHUN_SECONDS

    def _turn(self) -> None:
        """One window for each lane that may send, then the answers that are there."""
        for key, lane in list(self._lanes.items()):
            try:
                self._launch(lane)
                lane.heed()
                lane.fetch()
                if lane.is_hungry and lane.order(self._room(lane)):
                    self._lanes[key] = self._lanes.pop(key)  # to the end: the others come first next time
                lane.give_back()
            except psycopg.OperationalError:
                raise
            except Exception:
                self._shun(key)
                lane.let_go()
                lane.rest(SHUN_SECONDS)
        self._landing.advance(self._lanes.values())
        self._collect()

    def _launch(self, lane: Lane) -> None:
        if flown := lane.passed():
            flown.launch(self._flight)

    def _room(self, lane: Lane) -> int:
        """How many more rows a lane may have recorded: a window is recorded while another is on the wire."""
        recorded = sum(other.recorded for other in self._lanes.values())
        unanswered = sum(other.unanswered for other in self._lanes.values())
        if recorded - unanswered > MOST_UNSETTLED:
            return 0
        left = MOST_UNANSWERED - unanswered + lane.unanswered
        share = min(lane.limit, left, fair_share(self._lanes.values()))
        window = min(self._settings.send_window, (share + 1) // 2)
        room = min(window, share - lane.unanswered)
        return room if room * 2 >= window else 0

    def _collect(self) -> None:
        """Take the answers that are there, or wait a moment for the next thing to happen."""
        jobs: list[Future[Any] | None] = [self._landing.job, self._looking]
        jobs += [job for lane in self._lanes.values() for job in (lane.gating, lane.fetching)]
        busy = [job for job in jobs if job]
        if len(self._flight):
            for answer in self._flight.poll(GLANCE_SECONDS):
                assert isinstance(answer.context, InAir)
                answer.context.land(answer)
        elif busy:
            wait(busy, GLANCE_SECONDS * 5, FIRST_COMPLETED)
        else:
            now = time.monotonic()
            rest = min((lane.rests_until - now for lane in self._lanes.values()), default=REST_SECONDS)
            time.sleep(max(0.001, min(rest, REST_SECONDS / 5)))

    def _end(self) -> None:
        """Every POST ends within its own time limit; then nothing is between gate and settle, and the leases go."""
        while any(lane.gating or lane.fetching or lane.flown for lane in self._lanes.values()):
            for lane in self._lanes.values():
                try:
                    self._launch(lane)
                    lane.fetched()
                except Exception:
                    log.exception("lane_failed", extra={"campaign_id": str(lane.item.campaign_id)})
            self._landing.advance(self._lanes.values(), in_a_hurry=True)
            self._collect()
        for lane in self._lanes.values():
            lane.let_go()
            lane.give_back()
        self._lanes.clear()
        self._crew.fetcher.rest()
        self._looking = None


def fair_share(lanes: Collection[Lane]) -> int:
    """How many rows each lane may have without an answer: those that would have more share alike what the others leave.
    An eighth is left to whoever comes, so that numbers whose provider hangs do not take all of it."""
    hungry = max(1, sum(lane.is_hungry for lane in lanes))
    room = MOST_UNANSWERED - sum(lane.unanswered for lane in lanes if not lane.is_hungry)
    return max(FEWEST_SHARED, room * 7 // 8 // hungry)


def _news(_: Store, ear: Ear, is_due: bool) -> list[Item] | None:
    """What runs; None when nobody rang and it is not time yet."""
    return agenda.items() if ear.hears_bell() or is_due else None
