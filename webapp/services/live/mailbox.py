"""Mailbox: what one reader has not been given yet."""

import threading
import uuid
from collections.abc import Callable, Mapping


class Mailbox:
    """Keeps the latest of each fragment: a slow reader loses what was in between, and nobody's memory grows.

    Args:
        user_id: whose it is.
        wake: called whenever there is something to look at.
    """

    def __init__(self, user_id: uuid.UUID, wake: Callable[[], object]) -> None:
        self.user_id = user_id
        self.is_closed = False
        self.is_doubted = False
        self._wake = wake
        self._waiting: dict[str, str] = {}
        self._lock = threading.Lock()

    def put(self, fragments: Mapping[str, str]) -> None:
        with self._lock:
            self._waiting.update(fragments)
        self._wake()

    def take(self) -> str:
        """Everything that waits, as one frame; empty when nothing does."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        return "".join(waiting.values())

    def doubt(self) -> None:
        """Ask whoever holds it whether its owner may still listen."""
        self.is_doubted = True
        self._wake()

    def close(self) -> None:
        """This process is about to end: the reader is to come back to another."""
        self.is_closed = True
        self._wake()
