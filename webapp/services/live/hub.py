"""Hub: who looks at which campaign in this process, and what becomes of each message of the wire; the feed of a
tenant's events hangs on the same wire."""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final

from flask import Flask, current_app

from webapp.db import db
from webapp.services import departures, events, progress
from webapp.services.campaigns.figures import Figures
from webapp.services.feed.feed import Feed
from webapp.services.live.mailbox import Mailbox
from webapp.services.live.readers import Draw, Readers
from webapp.services.live.watch import load
from webapp.services.live.wire import Wire

log = logging.getLogger(__name__)

SEATS: Final = 20


class Hub:
    """One in each process; its wire begins with the first listener."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = RLock()
        self._readers: dict[uuid.UUID, Readers] = {}
        self._seats: Counter[uuid.UUID] = Counter()
        self._was_connected = False
        channels = {
            progress.CHANNEL: self._hear_figures,
            progress.MORE_CHANNEL: self._hear_of_more,
            departures.CHANNEL: self._hear_departure,
            events.CHANNEL: self._hear_events,
        }
        self._wire = Wire(app.extensions["crier_redis"], channels, self._tick)
        self.feed = Feed(app, self._wire.start)

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
        """While this lasts the mailbox gets the campaign's present state, then whatever changes. The caller's
        connection goes back first: a socket that held one would soon leave none for the pages.

        Args:
            kind: readers of one kind see the same, so that only one of their `draw` is called.
        """
        db.session.commit()
        self._wire.start()
        readers = self._come(tenant_id, campaign_id)
        try:
            with readers.reading:
                if not readers.is_fresh:
                    self._read(campaign_id, readers)
            with self._lock:
                readers.enter(kind, draw, mailbox)
            # Whose session ended between the look at the door and here was doubted when nobody knew them.
            mailbox.doubt()
            yield
        finally:
            with self._lock:
                readers.leave(kind, mailbox)
                readers.count -= 1
                if not readers.count:
                    del self._readers[campaign_id]

    def stop(self) -> None:
        """Send every reader away and end the subscription: this process is about to end."""
        with self._lock:
            for mailbox in self._mailboxes():
                mailbox.close()
        self.feed.stop()
        self._wire.stop()

    def _come(self, tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Readers:
        """From here on the campaign's frames are heard, so that none is missed while its state is read."""
        with self._lock:
            readers = self._readers.setdefault(campaign_id, Readers(tenant_id))
            readers.count += 1
            return readers

    def _hear_figures(self, told: dict[str, Any]) -> None:
        with self._lock:
            readers = self._readers_of(told)
            if readers is None:
                return
            figures = Figures.of(told)
            if readers.watch is None or figures.status != readers.watch.figures.status:
                # It is being read at this moment, or more may have changed than a frame tells.
                readers.is_due = True
            if readers.watch is not None:
                readers.watch.take(figures)
                readers.show()

    def _hear_of_more(self, told: dict[str, Any]) -> None:
        with self._lock:
            if readers := self._readers_of(told):
                readers.more_at = time.monotonic()

    def _readers_of(self, told: dict[str, Any]) -> Readers | None:
        readers = self._readers.get(uuid.UUID(told["id"]))
        return readers if readers is not None and str(readers.tenant_id) == told["tenant_id"] else None

    def _hear_events(self, told: dict[str, Any]) -> None:
        self.feed.hear(told)

    def _hear_departure(self, told: dict[str, Any]) -> None:
        self.feed.doubt(uuid.UUID(told["user_id"]))
        self._doubt(lambda mailbox: str(mailbox.user_id) == told["user_id"])

    def _doubt(self, is_theirs: Callable[[Mailbox], bool]) -> None:
        with self._lock:
            for mailbox in filter(is_theirs, self._mailboxes()):
                mailbox.doubt()

    def _tick(self, is_connected: bool) -> None:
        is_back, self._was_connected = is_connected and not self._was_connected, is_connected
        self.feed.tick(is_connected, is_back)
        if is_back:
            self._doubt(lambda _: True)
        for campaign_id, readers in list(self._readers.items()):
            if is_back or readers.is_old(is_connected):
                self._read_again(campaign_id, readers)
            elif readers.moves_by_itself:
                with self._lock:
                    readers.show()

    def _read_again(self, campaign_id: uuid.UUID, readers: Readers) -> None:
        try:
            with self._app.app_context():
                self._read(campaign_id, readers)
        except Exception as error:
            log.warning("figures_not_read", extra={"error": type(error).__name__})
            return
        with self._lock:
            readers.show()

    def _read(self, campaign_id: uuid.UUID, readers: Readers) -> None:
        """Ask PostgreSQL. Not under the lock: frames of other campaigns go on meanwhile."""
        readers.read_at, readers.is_due, readers.more_at = time.monotonic(), False, None
        try:
            fresh = load(readers.tenant_id, campaign_id)
        except Exception:
            readers.is_due = True
            raise
        if fresh is not None:
            with self._lock:
                readers.renew(fresh)

    def _mailboxes(self) -> Iterator[Mailbox]:
        for readers in self._readers.values():
            yield from readers.mailboxes()


def init_app(app: Flask) -> None:
    app.extensions["crier_live"] = Hub(app)


def hub() -> Hub:
    found: Hub = current_app.extensions["crier_live"]
    return found
