"""The keeper: starts what died again, as systemd would, and lets a fault kill, freeze or stop a process."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from embedded.processes import end_session
from embedded.program import Program, spawn

PAUSE_SECONDS = 0.3
GRACE_SECONDS = 20.0


@dataclass(slots=True)
class Kept:
    """A program and its present process, if it has one. `due` is when the next may start (monotonic seconds)."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    due: float = 0
    deaths: int = 0
    is_held: bool = False


class Keeper:
    """One thread: whoever waits calls `look` again and again. What is started ends with this process."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._kept: dict[str, Kept] = {}
        self.is_restarting = True

    @property
    def deaths(self) -> int:
        return sum(kept.deaths for kept in self._kept.values())

    def names(self, kind: str) -> list[str]:
        """The processes of a kind: `send` finds send0, send1 and so on."""
        return [name for name in self._kept if name.rstrip("0123456789") == kind]

    def start(self, program: Program) -> None:
        """Start a program and keep it; one of the same name takes the other's place at its next start."""
        kept = self._kept.setdefault(program.name, Kept(program))
        kept.program = program
        if kept.process is None:
            self._spawn(kept)

    def program(self, name: str) -> Program:
        return self._kept[name].program

    def look(self) -> None:
        """Start again whoever died."""
        for kept in self._kept.values():
            if kept.process is not None and kept.process.poll() is not None:
                end_session(kept.process.pid)
                kept.process, kept.deaths = None, kept.deaths + 1
                kept.due = time.monotonic() + PAUSE_SECONDS
            is_due = self.is_restarting and not kept.is_held and time.monotonic() >= kept.due
            if kept.process is None and is_due:
                self._spawn(kept)

    def kill(self, *names: str) -> None:
        """As a crash would: the process and all that it started."""
        self._tell(names, signal.SIGKILL)

    def ask_to_stop(self, *names: str) -> None:
        for name in names:
            process = self._kept[name].process
            if process is not None:
                process.send_signal(signal.SIGTERM)

    def freeze(self, *names: str) -> None:
        self._tell(names, signal.SIGSTOP)

    def thaw(self, *names: str) -> None:
        self._tell(names, signal.SIGCONT)

    def hold_back(self, name: str) -> None:
        """Stop it and do not start it again before `let_go`."""
        self._kept[name].is_held = True
        self.ask_to_stop(name)

    def let_go(self, name: str) -> None:
        self._kept[name].is_held = False

    def is_dead(self, name: str) -> bool:
        process = self._kept[name].process
        return process is None or process.poll() is not None

    def busiest(self, kind: str, seconds: float = 0.3) -> str:
        """The process of a kind that works most just now: with one campaign, the one that holds its batch."""
        names = self.names(kind)
        before = {name: self._ticks(name) for name in names}
        time.sleep(seconds)
        return max(names, key=lambda name: self._ticks(name) - before[name])

    def stop(self) -> None:
        """End everything, politely first."""
        self.is_restarting = False
        self.thaw(*self._kept)
        self.ask_to_stop(*self._kept)
        give_up = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < give_up and not all(map(self.is_dead, self._kept)):
            time.sleep(0.05)
        self.kill(*self._kept)
        for kept in self._kept.values():
            if kept.process is not None:
                kept.process.wait()
                end_session(kept.process.pid)
        self._kept.clear()

    def _spawn(self, kept: Kept) -> None:
        with (self._logs / f"{kept.program.name}.log").open("ab") as log:
            kept.process = spawn(kept.program, stdout=log.fileno())

    def _tell(self, names: tuple[str, ...], number: signal.Signals) -> None:
        for name in names:
            process = self._kept[name].process
            if process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)

    def _ticks(self, name: str) -> int:
        """Processor time in clock ticks (proc(5): utime and stime)."""
        process = self._kept[name].process
        try:
            words = (
                Path(f"/proc/{process.pid if process else 0}/stat").read_text().rpartition(") ")[2].split()
            )
        except OSError:
            return 0
        return int(words[11]) + int(words[12])
