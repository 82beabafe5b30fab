"""Queue: the events that one reader has not been given yet."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from webapp.services.feed.badges import Badge
from webapp.services.feed.listener import Listener
from webapp.services.feed.outbox import Told

MOST_EVENTS: Final = 2_000
MOST_CHARACTERS: Final = 4_000_000


class Queue(Listener):
    """Keeps every event in order, up to a limit: a reader who is further behind is let go, and comes back with the
    last event it got."""

    def __init__(self, badge: Badge, wake: Callable[[], object]) -> None:
        super().__init__(badge, wake)
        self.is_late = False
        self._waiting: deque[Told] = deque()
        self._characters = 0
        self._lock = threading.Lock()

    def put(self, told: list[Told]) -> None:
        with self._lock:
            self._waiting.extend(told)
            self._characters += sum(len(one.body) for one in told)
            if len(self._waiting) > MOST_EVENTS or self._characters > MOST_CHARACTERS:
                self.is_late = True
                self._waiting.clear()
                self._characters = 0
        self._wake()

    def take(self) -> list[Told]:
        """Everything that waits, in order."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
            self._characters = 0
        return taken
