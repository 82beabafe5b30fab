"""Slowness: which numbers send more slowly than they may, since when and why. It stands in Redis beside their pace
and may be lost; then they are as fast as before, and slowed again by the next refusal."""

import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from redis import Redis, RedisError

log = logging.getLogger(__name__)

# A refusal for speed halves the pace; it grows back by a tenth of the limit every few seconds.
SLOWEST: Final = 0.02
RECOVERY_SECONDS: Final = 5
RECOVERY_STEP: Final = 0.1

# A provider that asks to wait longer than this is asked again after it.
LONGEST_HOLD_SECONDS: Final = 600

# The same refusals come with every message of a window: one second of them is one halving.
# KEYS: slowness. ARGV: slowest factor, recovery step, recovery seconds, hold milliseconds, code, now or nothing.
# `since` is when it begins to grow back, and until when nothing is sent at all if the provider asked to wait.
SLOW: Final = """
local clock = redis.call('TIME')
local now = tonumber(ARGV[6]) or clock[1] * 1000 + clock[2] / 1000
local slow = redis.call('HMGET', KEYS[1], 'factor', 'since', 'at')
local factor, since, hold = tonumber(slow[1] or 1), tonumber(slow[2] or 0), tonumber(ARGV[4])
if slow[3] and now - tonumber(slow[3]) < 1000 and now >= tonumber(slow[3]) then
  if now + hold > since then redis.call('HSET', KEYS[1], 'since', string.format('%.3f', now + hold)) end
  return slow[1]
end
local steps = 0
if since > 0 and now > since then steps = math.floor((now - since) / 1000 / tonumber(ARGV[3])) end
factor = math.max(tonumber(ARGV[1]), math.min(1, factor + steps * tonumber(ARGV[2])) / 2)
redis.call('HSET', KEYS[1], 'factor', tostring(factor), 'since', string.format('%.3f', math.max(since, now + hold)),
  'at', string.format('%.3f', now), 'code', ARGV[5])
redis.call('PEXPIRE', KEYS[1], math.ceil(600000 + hold))
return tostring(factor)
"""


@dataclass(frozen=True, slots=True)
class Slowness:
    """A number was slowed to a share of its pace at `at`, by an error code, and grows back from `since` on."""

    code: int
    factor: float
    at: datetime
    since: datetime

    def share(self, now: datetime) -> float:
        """The share of its pace that it has at a moment: 1 when it has recovered, 0 while it waits."""
        if now < self.since and self.since - self.at >= timedelta(seconds=1):
            return 0.0
        steps = max(0, int((now - self.since).total_seconds() // RECOVERY_SECONDS))
        return min(1.0, self.factor + steps * RECOVERY_STEP)

    def told(self) -> dict[str, Any]:
        """As a frame carries it."""
        return {
            "code": self.code,
            "factor": self.factor,
            "at": self.at.isoformat(),
            "since": self.since.isoformat(),
        }

    @classmethod
    def of(cls, told: Mapping[str, Any] | None) -> "Slowness | None":
        if not told:
            return None
        times = (datetime.fromisoformat(told["at"]), datetime.fromisoformat(told["since"]))
        return cls(told["code"], told["factor"], *times)


def key(instance_id: uuid.UUID) -> str:
    return f"pace:slow:{instance_id}"


def slow_down(
    redis: Redis, instance_ids: Collection[uuid.UUID], code: int, hold_seconds: float = 0
) -> float | None:
    """Halve the pace of these numbers, and send nothing for as long as the provider asked to wait.

    Returns:
        The share of its pace that the last of them has now; None when Redis does not answer.
    """
    hold = min(hold_seconds, LONGEST_HOLD_SECONDS) * 1000
    factor = None
    script = redis.register_script(SLOW)
    arguments = (SLOWEST, RECOVERY_STEP, RECOVERY_SECONDS, hold, code)
    try:
        for instance_id in instance_ids:
            factor = float(script([key(instance_id)], arguments))
    except (RedisError, OSError):
        log.warning("not_slowed", extra={"code": code})
    return factor


def of(redis: Redis, instance_id: uuid.UUID | None) -> Slowness | None:
    """How slow a number is; None when it is as fast as it may, or when nobody can tell."""
    if instance_id is None:
        return None
    try:
        values: list[Any] = list(redis.hmget(key(instance_id), ["factor", "since", "at", "code"]))  # type: ignore[arg-type]
    except (RedisError, OSError):
        return None
    if any(value is None for value in values):
        return None
    factor, since, at, code = (float(value) for value in values)
    return Slowness(int(code), factor, _time(at), _time(since))


def _time(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
