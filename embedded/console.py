"""What the terminal shows: each line with the short name of the program that said it."""

import os
import sys
import zlib

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_WIDTH = 10
OWN_NAME = "crier"


class Console:
    """Writes to the standard output; once nobody reads it any more, into nothing."""

    def __init__(self) -> None:
        self._descriptor = sys.stdout.fileno()
        self._open = True
        self._coloured = os.isatty(self._descriptor) and not os.environ.get("NO_COLOR")

    def line(self, name: str, text: bytes) -> None:
        """A line that a program said."""
        self._write(self._prefix(name) + text + b"\n")

    def note(self, text: str) -> None:
        """A line that the supervisor says itself."""
        self.line(OWN_NAME, text.encode())

    def plain(self, text: str) -> None:
        """A line on its own, to be read by people and scripts."""
        self._write(text.encode() + b"\n")

    def _prefix(self, name: str) -> bytes:
        label = f"{name:<{_WIDTH}}|"
        if not self._coloured:
            return f"{label} ".encode()
        colour = _COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]
        return f"\033[{colour}m{label}\033[0m ".encode()

    def _write(self, data: bytes) -> None:
        # A terminal that was closed must not keep the programs from being stopped in order.
        try:
            while self._open and data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self._open = False
