"""Slice: some seconds in which a sender serves every running campaign that has work and tokens, in turns.

Windows of several campaigns are in the air at once, over connections that stay warm from slice to slice; at most
128 rows of a process are between gate and settle.
"""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

import psycopg
from redis import Redis, RedisError

from webapp.config import Settings
from webapp.egress.client import Flight
from webapp.egress.rules import Rules
from webapp.sending import agenda, consequences
from webapp.sending.agenda import Item
from webapp.sending.lane import Lane
from webapp.sending.pace import Pace
from webapp.sending.post import post_of
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.sending.window import Flown, InAir
from webapp.services import counts, progress, tracking
from webapp.services.campaigns import listing

log = logging.getLogger(__name__)

MOST_IN_AIR: Final = 128
SLICE_SECONDS: Final = 20
LOOK_AGAIN_SECONDS: Final = 0.5
SETTLE_TRIES_SECONDS: Final = 60


class Sender:
    """One sending process: its connections, and the campaigns it serves in the present slice."""

    def __init__(self, settings: Settings, rules: Rules, redis: Redis) -> None:
        self._settings = settings
        self._redis = redis
        self._store = Store(settings.database_url)
        self._pace = Pace(redis)
        self._flight = Flight(rules)
        self._lanes: dict[uuid.UUID, Lane] = {}
        self._in_air: dict[uuid.UUID, list[Flown]] = {}
        self._looked_at = 0.0

    def serve(self, is_stopping: Callable[[], bool], seconds: float = SLICE_SECONDS) -> bool:
        """Send for up to `seconds`, then land everything and give the leases back; whether work is left."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end and not is_stopping():
                self._look()
                if not self._lanes and not self._rows_in_air:
                    break
                self._turn()
            return bool(self._lanes)
        finally:
            self._land_all()
            self._leave_all()

    @property
    def _rows_in_air(self) -> int:
        return sum(len(flown.window.rows) for fleet in self._in_air.values() for flown in fleet)

    def _look(self) -> None:
        """Bring the lanes up to date with what runs, some times a second."""
        if time.monotonic() - self._looked_at < LOOK_AGAIN_SECONDS:
            return
        self._looked_at = time.monotonic()
        found = agenda.in_turns(agenda.items())
        for item in found:
            if item.campaign_id not in self._lanes and (lane := self._open(item)):
                self._lanes[item.campaign_id] = lane
        running = {item.campaign_id for item in found}
        for key, lane in list(self._lanes.items()):
            if key not in running and lane.is_idle and key not in self._in_air:
                del self._lanes[key]

    def _open(self, item: Item) -> Lane | None:
        pair = listing.with_number(item.tenant_id, item.campaign_id)
        if pair is None:
            return None
        post = post_of(*pair, tracking.key(), self._settings.provider_timeout_seconds)
        return Lane(item, post, self._store, self._pace, self._settings.send_lease_seconds)

    def _turn(self) -> None:
        """One window for each lane that may send, then the answers that are there."""
        now = time.monotonic()
        in_air = {flown.window.batch.id for fleet in self._in_air.values() for flown in fleet}
        for lane in self._lanes.values():
            lane.give_back(in_air)
        ready = [lane for lane in self._lanes.values() if lane.is_ready(now)]
        share = max(1, MOST_IN_AIR // max(1, len(ready)))
        for lane in ready:
            room = min(share, self._settings.send_window, MOST_IN_AIR - self._rows_in_air)
            if room > 0 and (flown := lane.advance(room)):
                self._in_air.setdefault(lane.item.campaign_id, []).append(flown)
                flown.launch(self._flight)
        self._collect(0.005 if self._rows_in_air else self._pause())

    def _pause(self) -> float:
        """Nothing is in the air: how long until some lane may go on."""
        time.sleep(
            max(0.0, min([lane.rests_until - time.monotonic() for lane in self._lanes.values()] + [0.1]))
        )
        return 0

    def _collect(self, wait: float) -> None:
        for answer in self._flight.poll(wait):
            assert isinstance(answer.context, InAir)
            answer.context.land(answer)
        for campaign_id, fleet in list(self._in_air.items()):
            for flown in [flown for flown in fleet if flown.is_down]:
                fleet.remove(flown)
                self._settle(self._lanes[campaign_id].item, flown)
            if not fleet:
                del self._in_air[campaign_id]

    def _settle(self, item: Item, flown: Flown) -> None:
        """Write the window's results, trying for a minute if the database is away: they are facts already."""
        give_up = time.monotonic() + SETTLE_TRIES_SECONDS
        while True:
            try:
                settle(
                    self._store,
                    flown.window,
                    flown.results,
                    instance_id=flown.post.instance_id,
                    type=flown.post.kind,
                )
                break
            except (psycopg.OperationalError, psycopg.errors.DeadlockDetected):
                if time.monotonic() > give_up:
                    log.exception("settle_given_up")  # the sweep makes these rows uncertain
                    return
                time.sleep(0.2)
        consequences.draw(item, flown, self._pace)
        self._tell(item)

    def _tell(self, item: Item) -> None:
        def fetch() -> dict[str, Any] | None:
            with self._store.transaction(item.tenant_id) as cursor:
                given = {"tenant_id": item.tenant_id, "campaign_id": item.campaign_id}
                return cursor.execute(counts.READ, given).fetchone()

        try:
            progress.publish_from(self._redis, item.tenant_id, item.campaign_id, fetch)
        except (RedisError, psycopg.OperationalError):
            log.warning("frame_lost")

    def _land_all(self) -> None:
        """Every POST ends within its own time limit; then there is nothing left between gate and settle."""
        while self._rows_in_air:
            self._collect(0.05)

    def _leave_all(self) -> None:
        """Give every lease back. One that can not be given back now runs out by itself."""
        for lane in self._lanes.values():
            lane.let_go()
            try:
                lane.give_back(set())
            except psycopg.OperationalError:
                log.warning("lease_left_to_run_out")
        self._lanes.clear()
