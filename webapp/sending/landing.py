"""Landing: windows whose answers are all there are written, several at once, while others are on the wire."""

import logging
import time
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Final

import psycopg
from redis import Redis, RedisError

from webapp.sending import consequences
from webapp.sending.agenda import Item
from webapp.sending.crew import Hand
from webapp.sending.lane import Lane
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.sending.window import Flown
from webapp.services import counts, progress

log = logging.getLogger(__name__)

# One statement writes up to so many rows; it is worth waiting a little for it to be worth its commit.
MOST_ROWS: Final = 512
ENOUGH_ROWS: Final = 256
PATIENCE_SECONDS: Final = 0.02

# Results are facts: if the database is away they are kept for this long, then the sweep makes the rows uncertain.
TRY_SECONDS: Final = 60


class Landing:
    """What a sender's settler does next. `job` is what it is doing."""

    def __init__(self, settler: Hand, redis: Redis) -> None:
        self._settler = settler
        self._redis = redis
        self.job: Future[None] | None = None
        self._lane: Lane | None = None
        self._flown: list[Flown] = []

    def advance(self, lanes: Iterable[Lane], in_a_hurry: bool = False) -> None:
        """Take note of what is settled, and have the next windows settled: those of the lane that waits longest."""
        if self.job and not self.job.done():
            return
        self._finish()
        waiting = [
            (min(flown.down_at for flown in down), lane, down) for lane in lanes if (down := lane.down)
        ]
        for since, lane, down in sorted(waiting, key=lambda one: one[0]):
            rows = sum(len(flown.window.rows) for flown in down)
            if in_a_hurry or rows >= ENOUGH_ROWS or time.monotonic() - since > PATIENCE_SECONDS:
                self._begin(lane, down)
                return

    def _begin(self, lane: Lane, down: list[Flown]) -> None:
        self._lane, self._flown = lane, []
        rows = 0
        for flown in down:
            rows += len(flown.window.rows)
            if self._flown and rows > MOST_ROWS:
                break
            self._flown.append(flown)
        self.job = self._settler.do(_settle, lane.item, self._flown, self._redis)

    def _finish(self) -> None:
        if self.job is None or self._lane is None:
            return
        for flown in self._flown:
            self._lane.flown.remove(flown)
        self.job = None


def _settle(store: Store, item: Item, fleet: list[Flown], redis: Redis) -> None:
    """Write the results, trying for a minute if the database is away: they are facts already."""
    give_up = time.monotonic() + TRY_SECONDS
    landed = [(flown.window, flown.results) for flown in fleet]
    post = fleet[0].post
    while True:
        try:
            settle(store, landed, instance_id=post.instance_id, type=post.kind)
            break
        except (psycopg.OperationalError, psycopg.errors.DeadlockDetected):
            if time.monotonic() > give_up:
                raise  # the sweep makes these rows uncertain
            time.sleep(0.2)
    for flown in fleet:
        consequences.draw(item, flown)
    _tell(store, item, redis)


def _tell(store: Store, item: Item, redis: Redis) -> None:
    def fetch() -> dict[str, Any] | None:
        with store.transaction(item.tenant_id) as cursor:
            given = {"tenant_id": item.tenant_id, "campaign_id": item.campaign_id}
            return cursor.execute(counts.READ, given).fetchone()

    try:
        progress.publish_from(redis, item.tenant_id, item.campaign_id, fetch)
    except (RedisError, psycopg.OperationalError):
        log.warning("frame_lost")
