"""Pace: a token bucket for each WhatsApp number in Redis, shared by all senders.

Tokens granted in any one second never exceed the number's messages per second: what a full bucket holds and what
flows in during a second add up to it. Without Redis a sender falls back to a share of its own, never to "unlimited".
"""

import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any, Final

from redis import Redis, RedisError

log = logging.getLogger(__name__)

# A full bucket holds this share of a second's worth; below 40 a second single messages are spaced evenly.
BURST: Final = 0.025
SMOOTH_BELOW: Final = 40

# A refusal for speed halves the pace; it grows back by a tenth of the limit every few seconds.
SLOWEST: Final = 0.02
RECOVERY_SECONDS: Final = 5
RECOVERY_STEP: Final = 0.1

# Without Redis nobody knows how many senders there are: each takes this share.
ALONE: Final = 0.1

# KEYS: bucket, slowness. ARGV: wanted, limit, burst share, smooth below, recovery step, recovery seconds.
# Returns {granted, milliseconds until the next token}. The clock is Redis's own: senders' clocks may differ.
_TAKE: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local wanted, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local slow = redis.call('HMGET', KEYS[2], 'factor', 'since')
local factor = tonumber(slow[1] or 1)
if factor < 1 then
  local steps = math.floor((now - tonumber(slow[2])) / 1000 / tonumber(ARGV[6]))
  factor = math.min(1, factor + steps * tonumber(ARGV[5]))
end
local pace = math.max(limit * factor, 0.2)
local capacity, rate = 1, pace
if pace >= tonumber(ARGV[4]) then
  capacity = math.max(1, math.floor(pace * tonumber(ARGV[3])))
  rate = pace - capacity
end
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(state[1] or capacity)
local at = tonumber(state[2] or now)
if now > at then tokens = math.min(capacity, tokens + (now - at) * rate / 1000) end
local granted = math.min(wanted, math.floor(tokens + 1e-6))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(math.max(now, at)))
redis.call('PEXPIRE', KEYS[1], 60000)
local wait = 0
if granted < wanted then wait = math.max(1, math.ceil((1 - tokens) * 1000 / rate)) end
return {granted, wait}
"""

# KEYS: slowness. ARGV: slowest factor, recovery step, recovery seconds, hold milliseconds.
_SLOW: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local slow = redis.call('HMGET', KEYS[1], 'factor', 'since')
local factor = tonumber(slow[1] or 1)
if factor < 1 and now - tonumber(slow[2]) < 1000 then return tostring(factor) end
local steps = 0
if slow[2] then steps = math.floor(math.max(0, now - tonumber(slow[2])) / 1000 / tonumber(ARGV[3])) end
factor = math.max(tonumber(ARGV[1]), math.min(1, factor + steps * tonumber(ARGV[2])) / 2)
redis.call('HSET', KEYS[1], 'factor', tostring(factor), 'since', tostring(now + tonumber(ARGV[4])))
redis.call('EXPIRE', KEYS[1], 600)
return tostring(factor)
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """Messages that may go now, and seconds until it is worth asking again."""

    tokens: int
    wait: float


class Pace:
    """The buckets of all numbers, as one sender asks them."""

    def __init__(self, redis: Redis) -> None:
        self._take = redis.register_script(_TAKE)
        self._slow = redis.register_script(_SLOW)
        self._own: dict[uuid.UUID, tuple[float, float]] = {}

    def take(self, instance_id: uuid.UUID, wanted: int, per_second: int) -> Grant:
        """Ask for up to `wanted` messages of a number that may send `per_second`."""
        try:
            granted, wait = self._ask(instance_id, wanted, per_second)
        except (RedisError, OSError):
            return self._alone(instance_id, wanted, per_second)
        return Grant(int(granted), int(wait) / 1000)

    def slow_down(self, instance_id: uuid.UUID, hold_seconds: float = 0) -> float:
        """Halve the pace of a number that was refused for speed; the share of its limit it has now."""
        try:
            keys = [f"pace:slow:{instance_id}"]
            return float(self._slow(keys, [SLOWEST, RECOVERY_STEP, RECOVERY_SECONDS, hold_seconds * 1000]))
        except (RedisError, OSError):
            return ALONE

    def _ask(self, instance_id: uuid.UUID, wanted: int, per_second: int) -> Any:
        keys = [f"pace:{instance_id}", f"pace:slow:{instance_id}"]
        return self._take(keys, [wanted, per_second, BURST, SMOOTH_BELOW, RECOVERY_STEP, RECOVERY_SECONDS])

    def _alone(self, instance_id: uuid.UUID, wanted: int, per_second: int) -> Grant:
        rate = max(per_second * ALONE, 0.2)
        now = time.monotonic()
        tokens, at = self._own.get(instance_id, (0.0, now))
        tokens = min(max(1.0, rate * BURST), tokens + (now - at) * rate)
        granted = min(wanted, int(tokens))
        self._own[instance_id] = (tokens - granted, now)
        return Grant(granted, 0 if granted else max(0.01, (1 - tokens) / rate))
