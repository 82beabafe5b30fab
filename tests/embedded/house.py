"""A house that runs, seen from outside: what it prints, which processes it has, how it ends."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from embedded import running
from embedded.paths import PROJECT
from embedded.ports import free_port

PATIENCE_SECONDS = 20.0
_NOT_OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "HOST", "BASE_URL", "EGRESS_ALLOW")


def eventually(met: Callable[[], object], what: str) -> None:
    """Waits until the condition holds; fails with `what` when it never does."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not met():
        assert time.monotonic() < give_up, what
        time.sleep(0.02)


class House:
    """`up` as a process of its own. `runner` goes before the command, to run it as somebody else."""

    def __init__(self, folder: Path, *, runner: Sequence[str] = (), **env: str) -> None:
        self.folder = folder
        base = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        ports = {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())}
        self.env = base | ports | {"DATA_DIR": str(folder)} | env
        self.process = subprocess.Popen(
            [*runner, sys.executable, "-m", "tests.embedded.small_house"],
            cwd=PROJECT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._listening = True
        self._family: set[int] = set()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.killed()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def urls(self) -> dict[str, str]:
        return running.urls(self.folder)

    def says(self, pattern: str) -> "re.Match[str]":
        """Waits for a line that matches."""
        found = re.compile(pattern, re.M).search
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not (match := found(self.text)):
            waiting = self._reader.is_alive() and time.monotonic() < give_up
            assert waiting, f"no {pattern} in:\n{self.text}"
            time.sleep(0.02)
        return match

    def opens(self) -> str:
        """Waits until it can be opened; the address it gives."""
        address = self.says(r"^Open (\S+)$")[1]
        self._family = descendants(self.process.pid)
        return address

    def pids_of(self, name: str) -> set[int]:
        """The processes of this program: a server by its file, a stand-in by the word it was given."""
        return {pid for pid in descendants(self.process.pid) if name in words_of(pid)}

    def pid_of(self, name: str) -> int:
        """The oldest of them, which started the others."""
        return min(self.pids_of(name))

    def asked_to_end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends the signal as a terminal does, to the whole foreground group; the exit code."""
        self._family |= descendants(self.process.pid)
        os.killpg(self.process.pid, number)
        return self.ended()

    def killed(self, *, with_all: bool = False) -> None:
        """The supervisor dies without a word, alone or with everybody else. Returns when all are gone."""
        self._family |= descendants(self.process.pid)
        # The supervisor last: servers whose supervisor is gone begin to end by themselves.
        for pid in (*self._family, self.process.pid) if with_all else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.ended()
        eventually(lambda: not self.left_behind(), f"{self.left_behind()} stay behind")

    def is_heard_no_more(self) -> None:
        """Closes the terminal, so to speak: with the next line nobody reads."""
        self._listening = False
        self._reader.join(PATIENCE_SECONDS)

    def ended(self) -> int:
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return code

    def left_behind(self) -> set[int]:
        """Which of its processes still live."""
        return {pid for pid in self._family if lives(pid)}

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as pipe:
            for line in pipe:
                self.lines.append(line.rstrip("\n"))
                if not self._listening:
                    break


def lives(pid: int) -> bool:
    return _stat(pid)[:1] not in ([], ["Z"])


def descendants(ancestor: int) -> set[int]:
    parents = {int(name): _stat(int(name))[1:2] for name in os.listdir("/proc") if name.isdigit()}
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent and int(parent[0]) in found} - found:
        found |= more
    return found - {ancestor}


def words_of(pid: int) -> set[str]:
    """The name of the program, and the last argument it was given."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        return {Path(f"/proc/{pid}/comm").read_text().strip(), *arguments[-2:-1]}
    except OSError:
        return set()


def _stat(pid: int) -> list[str]:
    """State, parent and so on, without the name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
