"""Crew: the helpers of a sender. Each is one thread with a connection of its own, so that a batch is fetched, a window
is recorded and another is settled while a third is on the wire."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Concatenate, ParamSpec, TypeVar

from webapp.sending.store import Store
from webapp.services import hands

P = ParamSpec("P")
T = TypeVar("T")


class Hand:
    """A helper with a connection of its own."""

    def __init__(self, name: str, database_url: str) -> None:
        self._store = Store(database_url)
        self._hand = hands.Hand(f"send-{name}")
        self.rest = self._hand.rest

    def do(self, work: Callable[Concatenate[Store, P], T], *args: P.args, **given: P.kwargs) -> Future[T]:
        """Have `work(store, ...)` done with this helper's connection."""
        return self._hand.do(work, self._store, *args, **given)

    def close(self) -> None:
        self._hand.close()
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
