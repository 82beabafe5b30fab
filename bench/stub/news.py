"""News: signed statuses of everything accepted, in bodies of a given size, as fast as they are taken."""

import asyncio
import time
from collections import deque
from typing import Any, Final

from bench.stub.book import Accepted, Book
from bench.stub.envelopes import Address, envelope
from bench.stub.poster import Poster

# A message's statuses come so many seconds after it. A body tells one status, so never two of one message.
DELAYS: Final = ((b"sent", 0.05), (b"delivered", 0.15), (b"read", 0.25))
# What falls due within this time leaves together.
_TURN_SECONDS: Final = 0.02


class News:
    """Made inside a running event loop."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._posters: list[Poster] = []
        self._told = 0
        self._began = self._over = 0.0

    def start(self, book: Book, given: dict[str, Any]) -> None:
        """Call back for what was accepted already, and for what will be."""
        self.stop()
        address = Address.of(given)
        bodies: deque[bytes] = deque()
        self._told, self._began = 0, time.monotonic()
        self._posters = [Poster(address, bodies) for _ in range(int(given.get("connections", 8)))]
        self._task = asyncio.get_running_loop().create_task(
            self._tell(book, address, int(given["size"]), bodies)
        )

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        for poster in self._posters:
            poster.close()
        self._task, self._posters, self._told = None, [], 0

    def figures(self) -> dict[str, Any]:
        """How many statuses were taken with 200, how many bodies were not, and each body's milliseconds to 200."""
        waits = sorted(wait for poster in self._posters for wait in poster.waits)
        return {
            "told": self._told,
            "bodies": len(waits),
            "refused": sum(poster.refused for poster in self._posters),
            "waits": [round(wait * 1000, 2) for wait in waits],
        }

    async def _tell(self, book: Book, address: Address, size: int, bodies: deque[bytes]) -> None:
        for poster in self._posters:
            await poster.connect()
        told = [0] * len(DELAYS)
        while True:
            for place, (status, delay) in enumerate(DELAYS):
                due = _due(book.accepted, told[place], time.monotonic() - delay)
                told[place] += len(due)
                self._told += len(due)
                for start in range(0, len(due), size):
                    bodies.append(envelope(address, status, due[start : start + size]))
                    if start % (50 * size) == 0:
                        await self._let_post()
            await self._let_post()
            await asyncio.sleep(_TURN_SECONDS)

    async def _let_post(self) -> None:
        for poster in self._posters:
            poster.pump()
        await asyncio.sleep(0)


def _due(accepted: list[Accepted], start: int, until: float) -> list[Accepted]:
    end = start
    while end < len(accepted) and accepted[end].at <= until:
        end += 1
    return accepted[start:end]
