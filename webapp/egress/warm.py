"""A last look at a connection that was used before."""

import select
import socket
from typing import Final

# Who is connected to whom: local and remote address and port.
Ends = tuple[str, int, str, int]

_MOST_KNOWN: Final = 1024


class Warm:
    """The connections that are open, each with a way to ask whether the other side has hung up.

    libcurl (8.23, curl/curl#22169) asks at most once a second and relies on posting again when it was
    wrong, which line.py forbids. Without this look, a provider that restarts would leave every warm
    connection's next message unknown, though nothing of it was taken."""

    def __init__(self) -> None:
        self._known: dict[Ends, select.poll] = {}

    def add(self, ends: Ends, descriptors: list[int]) -> None:
        """Remembers a fresh connection: the one of these sockets that has this local port."""
        if len(self._known) >= _MOST_KNOWN:
            # Mostly long closed. One that is not falls back to libcurl's own check.
            del self._known[next(iter(self._known))]
        for descriptor in reversed(descriptors):
            if len(descriptors) == 1 or _local_port(descriptor) == ends[1]:
                watcher = select.poll()
                watcher.register(descriptor, select.POLLIN)
                self._known[ends] = watcher
                return

    def is_quiet(self, ends: Ends) -> bool:
        """Whether nothing waits to be read: no end of stream, no reset, no answer nobody asked for."""
        watcher = self._known.get(ends)
        return watcher is None or not watcher.poll(0)


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
