"""One program as the table lists it, and how it becomes a process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from embedded.paths import PROJECT

_LEASH = str(Path(__file__).with_name("leash.py"))

# The order in which stop takes the programs: whoever is needed by others goes after them.
APPLICATION, SIMULATOR, VALKEY, POSTGRES = range(4)


def nothing() -> None:
    """What most programs have to clear."""


@dataclass(frozen=True)
class Program:
    """A command, what it may know, and how it wants to be stopped.

    `clear` ends what an earlier process of this program may have left; it is called before each start.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stage: int = APPLICATION
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 35
    uid: int | None = None
    clear: Callable[[], None] = nothing


def spawn(program: Program, *, stdout: int, stderr: int = subprocess.STDOUT) -> subprocess.Popen[bytes]:
    """Starts the program in a session of its own, out of reach of the terminal's Ctrl-C.

    It ends when the calling thread ends, so call this from the main thread.
    """
    program.clear()
    return subprocess.Popen(
        leashed(program.command, program.uid),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env=dict(program.env),
        cwd=PROJECT,
        start_new_session=True,
    )


def leashed(command: tuple[str, ...], uid: int | None = None) -> list[str]:
    """The command line that runs `command` for as long as this process lives, as another user if given."""
    user = "-" if uid is None else str(uid)
    return [sys.executable, "-ISB", _LEASH, str(os.getpid()), user, *command]
