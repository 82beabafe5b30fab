"""Rate limits: how many requests a key may send in a minute.

Counted in Redis for all processes together. While Redis is away each process counts for itself: a limit that is
looser by the number of processes, never none.
"""

import time
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Final

from webapp import broker

WINDOW_SECONDS: Final = 60
PER_MINUTE: Final = 600
# What costs more: imports, files, tests.
HEAVY_PER_MINUTE: Final = 60

# After a failure Redis is left alone for so long, so that no request waits for it again and again.
_LEFT_ALONE_SECONDS: Final = 5.0


class _Redis:
    """What this process knows of it: until when it is left alone."""

    away_until = 0.0


_own: Counter[str] = Counter()
_now = time.time


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key stands in this minute: how many it may send, how many are left, when the next minute begins."""

    limit: int
    left: int
    reset_seconds: int

    @property
    def is_over(self) -> bool:
        return self.left < 0


def count(key_id: uuid.UUID, *, cost: int = 1, heavy: bool = False) -> Standing:
    """Count a request, or several in one, and say how the key stands."""
    minute, passed = divmod(_now(), WINDOW_SECONDS)
    limit = HEAVY_PER_MINUTE if heavy else PER_MINUTE
    place = f"rate:{key_id}:{'heavy' if heavy else 'all'}:{int(minute)}"
    return Standing(limit, limit - _counted(place, cost), max(1, int(WINDOW_SECONDS - passed)))


def _counted(place: str, cost: int) -> int:
    if time.monotonic() >= _Redis.away_until:
        try:
            return _in_redis(place, cost)
        except broker.Unreachable:
            _Redis.away_until = time.monotonic() + _LEFT_ALONE_SECONDS
    return _by_itself(place, cost)


def _in_redis(place: str, cost: int) -> int:
    with broker.redis().pipeline(transaction=False) as pipe:
        pipe.incrby(place, cost)
        pipe.expire(place, 2 * WINDOW_SECONDS)
        return int(pipe.execute()[0])


def _by_itself(place: str, cost: int) -> int:
    if len(_own) > 10_000:
        _own.clear()
    _own[place] += cost
    return _own[place]
