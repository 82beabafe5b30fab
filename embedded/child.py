"""One program under supervision: its process, its death, and when it may live again."""

import os
import signal
import subprocess
import time
from contextlib import suppress

from embedded.processes import end_session
from embedded.program import Program

LONGEST_PAUSE_SECONDS = 30.0
# After a life this long the next death is a new story, not the same one again.
HEALTHY_SECONDS = 60.0


class Child:
    """`process` is None while the program is dead; `code` is how it died last."""

    def __init__(self, program: Program, *, restarts: bool) -> None:
        self.program = program
        self.restarts = restarts
        self.process: subprocess.Popen[bytes] | None = None
        self.code: int | None = None
        self._born = 0.0
        self._pause = 1.0
        self._due = 0.0

    @property
    def is_due(self) -> bool:
        return self.restarts and self.process is None and time.monotonic() >= self._due

    def live(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._born = time.monotonic()

    def has_died(self) -> bool:
        """Whether the process has ended since the last question; whoever it left behind ends with it."""
        if self.process is None or (code := self.process.poll()) is None:
            return False
        end_session(self.process.pid)
        self.process, self.code = None, code
        return True

    def rest(self) -> float:
        """The pause before its next life: 1, 2, 4 and up to 30 seconds."""
        if time.monotonic() - self._born > HEALTHY_SECONDS:
            self._pause = 1.0
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self._due = time.monotonic() + pause
        return pause

    def send(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Ends the process and all that it started, at once."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.program.clear()


def words_for(code: int | None) -> str:
    """How a process ended, for people."""
    if code is None or code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
