"""What the terminal shows: each line with the short name of the program that said it."""

import os
import queue
import sys
import threading
import zlib

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_WIDTH = 10
_END = b""
OWN_NAME = "crier"
# What waits for a terminal that is stopped (Ctrl-S) or whose connection hangs, and how long anybody waits for it.
MOST_LINES = 1000
PATIENCE_SECONDS = 1.0


class Console:
    """Writes to the standard output, on a thread of its own: a terminal that was closed, or that takes nothing, must
    not keep the programs from being looked after and stopped in order. What it does not take in time is lost."""

    def __init__(self) -> None:
        self._descriptor = sys.stdout.fileno()
        self._is_open = True
        self._coloured = os.isatty(self._descriptor) and not os.environ.get("NO_COLOR")
        self._waiting: queue.Queue[bytes] = queue.Queue(MOST_LINES)
        self._patience = PATIENCE_SECONDS
        self._thread = threading.Thread(target=self._write_all, name="console", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Returns when all was written, or could not be in time."""
        self._say(_END)
        self._thread.join(PATIENCE_SECONDS)

    def line(self, name: str, text: bytes) -> None:
        """A line that a program said."""
        self._say(self._prefix(name) + text + b"\n")

    def note(self, text: str) -> None:
        """A line that the supervisor says itself."""
        self.line(OWN_NAME, text.encode())

    def plain(self, text: str) -> None:
        """A line on its own, to be read by people and scripts."""
        self._say(text.encode() + b"\n")

    def _prefix(self, name: str) -> bytes:
        label = f"{name:<{_WIDTH}}|"
        if not self._coloured:
            return f"{label} ".encode()
        colour = _COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]
        return f"\033[{colour}m{label}\033[0m ".encode()

    def _say(self, data: bytes) -> None:
        try:
            self._waiting.put(data, timeout=self._patience)
            self._patience = PATIENCE_SECONDS
        except queue.Full:
            self._patience = 0

    def _write_all(self) -> None:
        while data := self._waiting.get():
            self._write(data)

    def _write(self, data: bytes) -> None:
        try:
            while self._is_open and data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self._is_open = False
