"""Feed: who listens to which tenant in this process. One thread reads for all of them: a statement for each tenant that
something was told of, however many listen to it."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import Flask

from webapp.db import db
from webapp.services.feed import badges
from webapp.services.feed.listener import Listener
from webapp.services.feed.stream import Stream

log = logging.getLogger(__name__)

# What is told within this time, in seconds, is read at once.
GATHER: Final = 0.05
# How often all who listen are asked whether they still may.
CHECK_EVERY: Final = 60.0
_AFTER_TROUBLE: Final = 1.0


class Feed:
    """Part of a process' hub, whose one subscription tells it of events (`hear`) and of time (`tick`).

    Args:
        start: begins that subscription, if nobody did.
    """

    def __init__(self, app: Flask, start: Callable[[], object]) -> None:
        self._app = app
        self._start = start
        self._changed = threading.Condition()
        self._lock = threading.Lock()
        self._streams: dict[uuid.UUID, Stream] = {}
        self._due: dict[uuid.UUID, float] = {}
        self._doubted: dict[uuid.UUID, float] = {}
        self._checked_at = time.monotonic()
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def listening(self, tenant_id: uuid.UUID, listener: Listener) -> Iterator[None]:
        """While this lasts the listener is told what happens in the tenant from now on. The caller's connection goes
        back first: a socket that held one would soon leave none for the pages."""
        db.session.commit()
        self._start()
        self._begin()
        stream = self._come(tenant_id)
        try:
            stream.enter(listener)
            # Who lost the right to listen between the look at the door and here was doubted when nobody knew them.
            self.doubt(listener.badge.holder_id)
            if self._is_stopping:
                listener.close()
            yield
        finally:
            stream.listeners.discard(listener)
            self._go(stream)

    def hear(self, told: dict[str, Any]) -> None:
        """Something was told in a tenant: look soon, together with what comes until then."""
        tenant_id = uuid.UUID(told["tenant_id"])
        if tenant_id in self._streams:
            with self._changed:
                self._due.setdefault(tenant_id, time.monotonic() + GATHER)
                self._changed.notify()

    def doubt(self, holder_id: uuid.UUID) -> None:
        """A session or key of theirs ended: ask at once whether they may go on listening."""
        with self._changed:
            self._doubted[holder_id] = 0.0
            self._changed.notify()

    def tick(self, is_connected: bool, is_back: bool) -> None:
        """About every second: look where nobody was told to for a while, and who may still listen. Everywhere and for
        everybody when the subscription has begun, for what was told before was not heard."""
        streams = list(self._streams.values())
        old = [stream.tenant_id for stream in streams if is_back or stream.is_old(is_connected)]
        soon = time.monotonic() + (GATHER if is_back else 0)
        with self._changed:
            for tenant_id in old:
                self._due.setdefault(tenant_id, soon)
            if is_back or time.monotonic() - self._checked_at > CHECK_EVERY:
                self._checked_at = time.monotonic()
                self._doubted |= {listener.badge.holder_id: 0.0 for listener in self._listeners()}
            self._changed.notify()

    def stop(self) -> None:
        """Send every listener away: this process is about to end."""
        for listener in self._listeners():
            listener.close()
        with self._changed:
            self._is_stopping = True
            self._changed.notify()

    def _come(self, tenant_id: uuid.UUID) -> Stream:
        """From here on hints for the tenant are heard."""
        with self._lock:
            stream = self._streams.setdefault(tenant_id, Stream(tenant_id))
            stream.count += 1
            return stream

    def _go(self, stream: Stream) -> None:
        with self._lock:
            stream.count -= 1
            if not stream.count:
                del self._streams[stream.tenant_id]

    def _begin(self) -> None:
        """The reader's thread. One that did not survive a fork is replaced."""
        with self._changed:
            if self._is_stopping or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._is_stopping:
            tenant_ids, doubted = self._next()
            with self._app.app_context():
                for tenant_id in tenant_ids:
                    self._read(tenant_id)
                if doubted:
                    self._check(doubted)

    def _next(self) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
        """Wait until something is due: the tenants to look at, and whose right to listen is doubted."""
        with self._changed:
            now = time.monotonic()
            next_at = min((*self._due.values(), *self._doubted.values()), default=now + 1)
            if next_at > now:
                self._changed.wait(next_at - now)
            return _taken(self._due), _taken(self._doubted)

    def _read(self, tenant_id: uuid.UUID) -> None:
        try:
            stream = self._streams.get(tenant_id)
            if stream is not None and stream.look():
                self._look_again(tenant_id, 0)
        except Exception as error:
            db.session.rollback()
            log.warning("events_not_read", extra={"error": type(error).__name__})
            self._look_again(tenant_id, _AFTER_TROUBLE)

    def _look_again(self, tenant_id: uuid.UUID, seconds: float) -> None:
        with self._changed:
            self._due.setdefault(tenant_id, time.monotonic() + seconds)

    def _check(self, holder_ids: set[uuid.UUID]) -> None:
        """One statement for sessions and one for keys, however many listen."""
        those = [listener for listener in self._listeners() if listener.badge.holder_id in holder_ids]
        try:
            standing = badges.standing(listener.badge for listener in those)
        except Exception as error:
            db.session.rollback()
            log.warning("listeners_not_checked", extra={"error": type(error).__name__})
            self._doubt_again(holder_ids)
            return
        for listener in those:
            if listener.badge not in standing:
                listener.dismiss()

    def _doubt_again(self, holder_ids: set[uuid.UUID]) -> None:
        with self._changed:
            self._doubted = dict.fromkeys(holder_ids, time.monotonic() + _AFTER_TROUBLE) | self._doubted

    def _listeners(self) -> list[Listener]:
        return [one for stream in list(self._streams.values()) for one in list(stream.listeners)]


def _taken(due: dict[uuid.UUID, float]) -> set[uuid.UUID]:
    """Those whose time has come; they wait no longer."""
    now = time.monotonic()
    taken = {one for one, at in due.items() if at <= now}
    for one in taken:
        del due[one]
    return taken
