"""The append-only record of what was accepted: one JSON line a message, written before its answer leaves."""

import os
import stat
from pathlib import Path

from simulator.answers import compact


class Ledger:
    """Collects the lines of one turn of the event loop and writes them together.

    Raises OSError where the file can not be opened or written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._lines: list[bytes] = []
        self._drop_torn_line()

    def add(self, line: dict[str, object]) -> None:
        self._lines.append(compact(line) + b"\n")

    def write(self) -> None:
        """Returns when every collected line is in the file."""
        if not self._lines:
            return
        rest = memoryview(b"".join(self._lines))
        self._lines.clear()
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def _drop_torn_line(self) -> None:
        """A line that a crash cut off was never answered, so its message was never accepted."""
        info = os.fstat(self._file)
        if not stat.S_ISREG(info.st_mode) or not info.st_size:
            return
        end = info.st_size
        while end and os.pread(self._file, 1, end - 1) != b"\n":
            end -= 1
        if end < info.st_size:
            os.ftruncate(self._file, end)
