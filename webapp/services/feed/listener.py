"""Listener: somebody who is told what happens in a tenant, and by what right."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from webapp.services.feed.badges import Badge
from webapp.services.feed.outbox import Told


class Listener(ABC):
    """Whoever serves them is woken and looks at what they have become. Nothing here may wait.

    Args:
        wake: called whenever there is something to look at.
    """

    def __init__(self, badge: Badge, wake: Callable[[], object]) -> None:
        self.badge = badge
        self.is_closed = False
        self.is_dismissed = False
        self._wake = wake

    @abstractmethod
    def put(self, told: list[Told]) -> None:
        """What became visible since the last time, in order."""

    def dismiss(self) -> None:
        """Its owner may not listen any longer."""
        self.is_dismissed = True
        self._wake()

    def close(self) -> None:
        """This process is about to end: the reader is to come back to another."""
        self.is_closed = True
        self._wake()
