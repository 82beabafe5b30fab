"""Crew: the helpers of a sender. Each is one thread with a connection of its own, so that a batch is fetched, a window
is recorded and another is settled while a third is on the wire."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from flask import current_app

from webapp.sending.store import Store

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Hand:
    """One helper. It does one thing after the other, in the order in which they were asked."""

    def __init__(self, name: str, database_url: str) -> None:
        self._store = Store(database_url)
        self._context = current_app.app_context
        self._thread = ThreadPoolExecutor(1, f"send-{name}")

    def do(self, work: Callable[Concatenate[Store, P], T], *args: P.args, **given: P.kwargs) -> Future[T]:
        """Have `work(store, ...)` done with this helper's connection."""

        def job() -> T:
            # What an answer entails (an opt-out, a pause) is done by services; each job has a session of its own,
            # so that one failed statement spoils no other job's.
            with self._context():
                try:
                    return work(self._store, *args, **given)
                except Exception:
                    log.exception("helper_failed")  # whoever asked may not look at the outcome
                    raise

        return self._thread.submit(job)

    def rest(self) -> None:
        """Wait until all that was asked for is done."""
        self._thread.submit(lambda: None).result()

    def close(self) -> None:
        self._thread.shutdown()
        self._store.close()


class Crew:
    """Who fetches, who records, who settles."""

    def __init__(self, database_url: str) -> None:
        self.fetcher = Hand("fetch", database_url)
        self.gatekeeper = Hand("gate", database_url)
        self.settler = Hand("settle", database_url)

    def close(self) -> None:
        for hand in (self.fetcher, self.gatekeeper, self.settler):
            hand.close()
