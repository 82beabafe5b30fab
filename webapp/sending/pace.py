"""Pace: a token bucket for each WhatsApp number in Redis, shared by all senders.

Tokens granted in any one second never exceed the number's messages per second: what a full bucket holds and what
flows in during a second add up to less than one more. So an asker may be late by a fortieth of a second and loses
nothing. Without Redis a sender falls back to a share of its own, never to "unlimited".
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from redis import Redis, RedisError

from webapp.services import slowness

# A full bucket holds one message and this share of a second's worth; so much less flows in, and a hair less still.
BURST: Final = 0.0249
HAIR: Final = 0.999

# Without Redis nobody knows how many senders there are: each takes this share.
ALONE: Final = 0.1

# Nobody is sent away for longer: a pace that was slowed may have recovered, a wait may have been wiped with Redis.
LONGEST_WAIT: Final = 1.0

# A second's worth is granted at most once in a second even when the bucket was forgotten: it begins empty.
# KEYS: bucket, slowness. ARGV: wanted, limit, burst share, hair, recovery step and seconds, now or nothing.
# Returns {granted, milliseconds until the next token}. The clock is Redis's own: senders' clocks may differ. If it
# goes back, as after a failover, the bucket begins anew.
_TAKE: Final = """
local clock = redis.call('TIME')
local now = tonumber(ARGV[7]) or clock[1] * 1000 + clock[2] / 1000
local wanted, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local slow = redis.call('HMGET', KEYS[2], 'factor', 'since', 'at')
local factor = tonumber(slow[1] or 1)
if factor < 1 then
  local since = tonumber(slow[2])
  if now < since and since - tonumber(slow[3]) >= 1000 then return {0, math.ceil(since - now)} end
  local steps = math.floor(math.max(0, now - since) / 1000 / tonumber(ARGV[6]))
  factor = math.min(1, factor + steps * tonumber(ARGV[5]))
end
local pace = math.max(limit * factor, 0.2)
local capacity = 1 + pace * tonumber(ARGV[3])
local rate = pace * (1 - tonumber(ARGV[3])) * tonumber(ARGV[4])
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(state[1] or 0), tonumber(state[2] or now)
if at > now + 1000 then tokens, at = 0, now end
if now > at then tokens = math.min(capacity, tokens + (now - at) * rate / 1000) end
local granted = math.min(wanted, math.floor(tokens + 1e-6))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.3f', math.max(now, at)))
redis.call('PEXPIRE', KEYS[1], 60000)
local wait = 0
if granted < wanted then wait = math.max(1, math.ceil((1 - tokens) * 1000 / rate)) end
return {granted, wait}
"""


# A Redis that did not answer is left alone for so long.
AWAY_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Grant:
    """Messages that may go now, and seconds until it is worth asking again."""

    tokens: int
    wait: float


class Pace:
    """The buckets of all numbers, as one sender asks them.

    Args:
        clock: milliseconds to go by instead of Redis's own.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._take = redis.register_script(_TAKE)
        self._away_until = 0.0
        self._own: dict[uuid.UUID, tuple[float, float]] = {}

    def take(self, instance_id: uuid.UUID, wanted: int, per_second: int) -> Grant:
        """Ask for up to `wanted` messages of a number that may send `per_second`."""
        if time.monotonic() < self._away_until:
            return self._alone(instance_id, wanted, per_second)
        try:
            granted, wait = self._ask(instance_id, wanted, per_second)
        except (RedisError, OSError):
            # A Redis that hangs costs its time limit each time it is asked.
            self._away_until = time.monotonic() + AWAY_SECONDS
            return self._alone(instance_id, wanted, per_second)
        return Grant(int(granted), min(LONGEST_WAIT, int(wait) / 1000))

    def _ask(self, instance_id: uuid.UUID, wanted: int, per_second: int) -> Any:
        keys = [f"pace:{instance_id}", slowness.key(instance_id)]
        recovery = (slowness.RECOVERY_STEP, slowness.RECOVERY_SECONDS)
        now = (self._clock(),) if self._clock else ()
        return self._take(keys, [wanted, per_second, BURST, HAIR, *recovery, *now])

    def _alone(self, instance_id: uuid.UUID, wanted: int, per_second: int) -> Grant:
        rate = max(per_second * ALONE, 0.2)
        now = time.monotonic()
        tokens, at = self._own.get(instance_id, (0.0, now))
        tokens = min(max(1.0, rate * BURST), tokens + (now - at) * rate)
        granted = min(wanted, int(tokens))
        self._own[instance_id] = (tokens - granted, now)
        return Grant(granted, 0 if granted else min(LONGEST_WAIT, max(0.01, (1 - tokens) / rate)))
