"""Wire: the one Redis subscription of this process, on a thread of its own (a greenlet under gevent).

Every message may be lost, so whoever listens also looks for itself: `tick` comes about once a second, whether
Redis is there or not.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from redis import Redis, RedisError
from redis.client import PubSub

log = logging.getLogger(__name__)

Hear = Callable[[dict[str, Any]], None]

TICK_SECONDS: Final = 1.0
_FIRST_DELAY: Final = 0.1
_LONGEST_DELAY: Final = 5.0


class Wire:
    """Starts with the first listener and goes on until stop(). Channels are given before that.

    Args:
        channels: what to do with a message of each channel. An error in it is logged and goes no further.
        tick: called about every second with whether Redis is there, and whenever that changes.
    """

    def __init__(self, redis: Redis, channels: Mapping[str, Hear], tick: Callable[[bool], None]) -> None:
        self._redis = redis
        self._channels = {name.encode(): hear for name, hear in channels.items()}
        self._tick = tick
        self._ticked_at = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to listen, if nobody did. A thread that did not survive a fork is replaced."""
        with self._lock:
            if self._stopping.is_set() or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._run, name="live-wire", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with self._lock:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=2 * TICK_SECONDS)

    def _run(self) -> None:
        delay = _FIRST_DELAY
        while not self._stopping.is_set():
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(*self._channels)
                    delay = _FIRST_DELAY
                    self._listen(pubsub)
            except RedisError:
                log.warning("live_wire_lost", extra={"again_in": delay})
                self._do_tick(False)
                self._wait(delay)
                delay = min(2 * delay, _LONGEST_DELAY)

    def _listen(self, pubsub: PubSub) -> None:
        self._do_tick(True)
        while not self._stopping.is_set():
            left = self._ticked_at + TICK_SECONDS - time.monotonic()
            message = pubsub.get_message(timeout=max(0.01, left))
            if message is not None and message["type"] == "message":
                self._hear(message["channel"], message["data"])
            if time.monotonic() >= self._ticked_at + TICK_SECONDS:
                self._do_tick(True)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := end - time.monotonic()) > 0:
            if time.monotonic() >= self._ticked_at + TICK_SECONDS:
                self._do_tick(False)
            self._stopping.wait(min(left, TICK_SECONDS))

    def _hear(self, channel: bytes, data: bytes) -> None:
        try:
            self._channels[channel](json.loads(data))
        except Exception:
            log.exception("live_message_lost")

    def _do_tick(self, is_connected: bool) -> None:
        self._ticked_at = time.monotonic()
        try:
            self._tick(is_connected)
        except Exception:
            log.exception("live_tick_lost")
