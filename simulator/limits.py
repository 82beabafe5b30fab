"""How much may be sent: throughput always; pair limit, window and account limit when the faults say so."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from simulator.errors import GraphError
from simulator.faults import Faults

Key = TypeVar("Key")
_DAY = 24 * 3600.0
# One message in 6 seconds to the same person, 45 at once borrowed from the future.
_PAIR_SECONDS = 6.0
_PAIR_BURST = 45


@dataclass(slots=True)
class Bucket:
    """A token bucket that starts full."""

    tokens: float
    stamp: float

    def take(self, now: float, rate: float, most: float) -> bool:
        """Take one token if there is one; refilled at `rate` a second up to `most`."""
        tokens = min(most, self.tokens + (now - self.stamp) * rate)
        self.stamp, self.tokens = now, tokens - 1 if tokens >= 1 else tokens
        return tokens >= 1


@dataclass(slots=True)
class Limits:
    faults: Faults
    clock: Callable[[], float] = time.monotonic
    _numbers: dict[str, Bucket] = field(default_factory=dict)
    _pairs: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _odd: set[tuple[str, str]] = field(default_factory=set)
    _windows: dict[tuple[str, str], float] = field(default_factory=dict)
    _reached: dict[str, dict[str, float]] = field(default_factory=dict)

    def take(self, number_id: str, person: str) -> None:
        """Count one message; GraphError 130429 or 131056 where it is one too many."""
        now, settings = self.clock(), self.faults.settings
        rate = settings.messages_per_second
        if rate:
            most = max(rate, 1.0)
            if not _bucket(self._numbers, number_id, now, most).take(now, rate, most):
                raise GraphError(130429)
        if settings.pair_limit and not self.may_repeat(number_id, person, _PAIR_BURST):
            raise GraphError(131056)

    def may_repeat(self, number_id: str, person: str, burst: int = 1) -> bool:
        """Whether the pair of number and person allows one more, at one in 6 seconds."""
        now = self.clock()
        return _bucket(self._pairs, (number_id, person), now, burst).take(now, 1 / _PAIR_SECONDS, burst)

    def is_second(self, number_id: str, person: str) -> bool:
        """Whether this is the second, fourth, ... post of the pair that asks."""
        pair = number_id, person
        self._odd ^= {pair}
        return pair not in self._odd

    def heard_from(self, number_id: str, person: str) -> None:
        """A message of the person opens the window for 24 hours."""
        self._windows[number_id, person] = self.clock() + _DAY

    def window_is_closed(self, number_id: str, person: str) -> bool:
        """Whether only templates would arrive now; never while the limit is off."""
        if not self.faults.settings.window:
            return False
        return self._windows.get((number_id, person), 0.0) < self.clock()

    def is_beyond_account_limit(self, account_id: str, person: str) -> bool:
        """Whether this would be one person more than the account may reach in 24 hours."""
        most = self.faults.settings.account_limit
        if most is None:
            return False
        now = self.clock()
        reached = {who: until for who, until in self._reached.get(account_id, {}).items() if until > now}
        self._reached[account_id] = reached
        if person not in reached and len(reached) >= most:
            return True
        reached[person] = now + _DAY
        return False


def _bucket(buckets: dict[Key, Bucket], key: Key, now: float, full: float) -> Bucket:
    bucket = buckets.get(key)
    if bucket is None:
        bucket = buckets[key] = Bucket(full, now)
    return bucket
