"""Ear: a sender that is busy hears the bell for new work all the same."""

import time

from redis import Redis, RedisError

from webapp import broker
from webapp.sending.pace import AWAY_SECONDS


class Ear:
    """Of one sender. While Redis is away it hears nothing: work is found without it, only later."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._deaf_until = 0.0
        self._known: bytes | None = None

    def hears_bell(self) -> bool:
        """Whether somebody rang for senders since this was asked last."""
        if time.monotonic() < self._deaf_until:
            return False
        try:
            rung = broker.rung(self._redis, "send_slice")
        except (RedisError, OSError):
            self._deaf_until = time.monotonic() + AWAY_SECONDS
            return False
        before, self._known = self._known, rung
        return rung != before
