"""A last look at a connection that was used before."""

import select
import socket
from collections import Counter
from typing import Final

# Who is connected to whom: local and remote address and port.
Ends = tuple[str, int, str, int]

_MOST_KNOWN: Final = 1024
# Linux tells that the other side will say no more even while there is something left to read.
_LEFT: Final = getattr(select, "POLLRDHUP", 0)


class Warm:
    """The connections that are open, each with a way to ask whether the other side has hung up.

    libcurl (8.23, curl/curl#22169) asks at most once a second and relies on posting again when it was
    wrong, which line.py forbids. Without this look, a provider that restarts would leave every warm
    connection's next message unknown, though nothing of it was taken."""

    def __init__(self) -> None:
        self._known: dict[Ends, select.poll] = {}
        # How many requests are in the air on each, and which are known to speak HTTP/2.
        self._used: Counter[Ends] = Counter()
        self._shared: set[Ends] = set()

    def add(self, ends: Ends, descriptors: list[int]) -> None:
        """Remembers a fresh connection: the one of these sockets that has this local port."""
        if len(self._known) >= _MOST_KNOWN:
            # Mostly long closed. One that is not falls back to libcurl's own check.
            self._forget(next(iter(self._known)))
        self._shared.discard(ends)
        for descriptor in reversed(descriptors):
            if len(descriptors) == 1 or _local_port(descriptor) == ends[1]:
                watcher = select.poll()
                watcher.register(descriptor, select.POLLIN | _LEFT)
                self._known[ends] = watcher
                return

    def use(self, ends: Ends) -> None:
        """A request is about to be written on this connection."""
        self._used[ends] += 1

    def leave(self, ends: Ends, *, is_shared: bool) -> None:
        """A request is over; whether it came back over HTTP/2."""
        self._used[ends] -= 1
        if not self._used[ends]:
            del self._used[ends]
        if is_shared and ends in self._known:
            self._shared.add(ends)

    def has_hung_up(self, ends: Ends) -> bool:
        """Whether the other side has left: an end of stream, a reset; over HTTP/1.1 also an answer nobody asked for.

        Over HTTP/2 there is always something to read: what belongs to other requests, or to the connection itself."""
        watcher = self._known.get(ends)
        heard = watcher.poll(0) if watcher else []
        if not heard:
            return False
        has_left = bool(heard[0][1] & (_LEFT | select.POLLHUP | select.POLLERR | select.POLLNVAL))
        return has_left or not (ends in self._shared or ends in self._used)

    def _forget(self, ends: Ends) -> None:
        del self._known[ends]
        self._shared.discard(ends)


def _local_port(descriptor: int) -> int:
    try:
        borrowed = socket.socket(fileno=descriptor)
    except OSError:
        return 0
    try:
        return int(borrowed.getsockname()[1])
    except (OSError, IndexError):
        return 0
    finally:
        borrowed.detach()
