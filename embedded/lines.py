"""Whole lines out of a pipe that delivers them in pieces."""

import os
from collections.abc import Callable
from typing import IO

# A longer line is cut, so that a program can not fill the memory.
LONGEST = 64 * 1024


class Lines:
    """The reading end of a pipe; `take` gets each line without its end."""

    def __init__(self, pipe: IO[bytes], take: Callable[[bytes], None]) -> None:
        os.set_blocking(pipe.fileno(), False)
        self.pipe = pipe
        self._take = take
        self._rest = b""

    def read(self) -> bool:
        """Passes on what has come; False when nothing more ever will."""
        try:
            data = os.read(self.pipe.fileno(), LONGEST)
        except BlockingIOError:
            return True
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._take(line.rstrip(b"\r"))
        if self._rest and (not data or len(self._rest) > LONGEST):
            self._take(self._rest)
            self._rest = b""
        return bool(data)
