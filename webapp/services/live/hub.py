"""Hub: who looks at which campaign in this process. Each frame is drawn once for every kind of reader, and handed
to all readers of that kind."""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Final

from flask import Flask, current_app

from webapp.services import departures, progress
from webapp.services.campaigns.figures import Figures
from webapp.services.live.mailbox import Mailbox
from webapp.services.live.watch import State, Watch, load
from webapp.services.live.wire import Wire

log = logging.getLogger(__name__)

# Fragments by their id. Called without a request and without a transaction, for every frame: it asks no database.
Draw = Callable[[State], dict[str, str]]

SEATS: Final = 20
# How often PostgreSQL is asked how it really is, for any frame may be lost: while Redis is there, after the
# campaign is over, and while Redis is away.
_READ_EVERY: Final = 15.0
_READ_OVER_EVERY: Final = 60.0
_READ_DEAF_EVERY: Final = 2.0


@dataclass(slots=True)
class _Kind:
    """Readers who see the same: what they have been shown, by fragment."""

    draw: Draw
    shown: dict[str, str] = field(default_factory=dict)
    mailboxes: list[Mailbox] = field(default_factory=list)


@dataclass(slots=True)
class _Watched:
    watch: Watch
    kinds: dict[Hashable, _Kind] = field(default_factory=dict)
    read_at: float = field(default_factory=time.monotonic)
    is_due: bool = True


class Hub:
    """One in each process; its wire begins with the first listener."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = RLock()
        self._watched: dict[uuid.UUID, _Watched] = {}
        self._seats: Counter[uuid.UUID] = Counter()
        self._was_connected = False
        channels = {progress.CHANNEL: self._hear_figures, departures.CHANNEL: self._hear_departure}
        self._wire = Wire(app.extensions["crier_redis"], channels, self._tick)

    def take_seat(self, user_id: uuid.UUID) -> bool:
        """Whether this person may open another socket; each seat that was taken is to be left."""
        with self._lock:
            if self._seats[user_id] >= SEATS:
                return False
            self._seats[user_id] += 1
            return True

    def leave_seat(self, user_id: uuid.UUID) -> None:
        with self._lock:
            self._seats[user_id] -= 1
            if self._seats[user_id] <= 0:
                del self._seats[user_id]

    @contextmanager
    def listening(
        self, tenant_id: uuid.UUID, campaign_id: uuid.UUID, kind: Hashable, draw: Draw, mailbox: Mailbox
    ) -> Iterator[None]:
        """While this lasts the mailbox gets the campaign's present state, then whatever changes.

        Args:
            kind: readers of one kind see the same, so that only one of their `draw` is called.
        """
        self._wire.start()
        fresh = load(tenant_id, campaign_id)
        if fresh is None:
            yield
            return
        self._enter(campaign_id, fresh, kind, draw, mailbox)
        try:
            yield
        finally:
            self._leave(campaign_id, kind, mailbox)

    def stop(self) -> None:
        """Send every reader away and end the subscription: this process is about to end."""
        with self._lock:
            for mailbox in self._mailboxes():
                mailbox.close()
        self._wire.stop()

    def _enter(
        self, campaign_id: uuid.UUID, fresh: Watch, kind: Hashable, draw: Draw, mailbox: Mailbox
    ) -> None:
        with self._lock:
            watched = self._watched.setdefault(campaign_id, _Watched(fresh))
            watched.watch.renew(fresh)
            readers = watched.kinds.setdefault(kind, _Kind(draw))
            self._show(watched)
            readers.mailboxes.append(mailbox)
            mailbox.put(readers.shown)

    def _leave(self, campaign_id: uuid.UUID, kind: Hashable, mailbox: Mailbox) -> None:
        with self._lock:
            watched = self._watched[campaign_id]
            watched.kinds[kind].mailboxes.remove(mailbox)
            if not watched.kinds[kind].mailboxes:
                del watched.kinds[kind]
            if not watched.kinds:
                del self._watched[campaign_id]

    def _hear_figures(self, told: dict[str, Any]) -> None:
        with self._lock:
            watched = self._watched.get(uuid.UUID(told["id"]))
            if watched is None or str(watched.watch.tenant_id) != told["tenant_id"]:
                return
            figures = Figures.of(told)
            # With another status more may have changed than a frame tells.
            watched.is_due |= figures.status != watched.watch.figures.status
            watched.watch.take(figures)
            self._show(watched)

    def _hear_departure(self, told: dict[str, Any]) -> None:
        with self._lock:
            for mailbox in self._mailboxes():
                if str(mailbox.user_id) == told["user_id"]:
                    mailbox.doubt()

    def _tick(self, is_connected: bool) -> None:
        is_back, self._was_connected = is_connected and not self._was_connected, is_connected
        for watched in list(self._watched.values()):
            if is_back or watched.is_due or time.monotonic() - watched.read_at > _patience(watched, is_connected):
                self._read(watched)
            with self._lock:
                self._show(watched)

    def _read(self, watched: _Watched) -> None:
        watched.read_at, watched.is_due = time.monotonic(), False
        with self._app.app_context():
            fresh = load(watched.watch.tenant_id, watched.watch.figures.id)
        if fresh is not None:
            with self._lock:
                watched.watch.renew(fresh)

    def _show(self, watched: _Watched) -> None:
        """Hand out what differs from what was shown last."""
        state = watched.watch.state()
        for readers in watched.kinds.values():
            try:
                drawn = readers.draw(state)
            except Exception:
                log.exception("frame_not_drawn")
                continue
            changed = {name: html for name, html in drawn.items() if readers.shown.get(name) != html}
            readers.shown = drawn
            if changed:
                for mailbox in readers.mailboxes:
                    mailbox.put(changed)

    def _mailboxes(self) -> Iterator[Mailbox]:
        for watched in self._watched.values():
            for readers in watched.kinds.values():
                yield from readers.mailboxes


def _patience(watched: _Watched, is_connected: bool) -> float:
    if not is_connected:
        return _READ_DEAF_EVERY
    return _READ_OVER_EVERY if watched.watch.figures.is_over else _READ_EVERY


def init_app(app: Flask) -> None:
    app.extensions["crier_live"] = Hub(app)


def hub() -> Hub:
    found: Hub = current_app.extensions["crier_live"]
    return found
