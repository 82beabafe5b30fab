"""Keeps programs running, passes on what they say, and stops them in order."""

import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import IO

from embedded.child import Child, words_for
from embedded.console import Console
from embedded.lines import Lines
from embedded.program import Program, spawn

TURN_SECONDS = 0.1
# What is left to programs that are told to end at once.
HURRY_SECONDS = 3.0
# One wish may come by two ways: to the whole group, and once more passed on by make.
SAME_WISH_SECONDS = 0.5


class Asked(Exception):
    """Somebody asked for the end."""


class Supervisor:
    """One thread, one loop: whatever waits here goes on passing lines and looking after the programs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pipes = selectors.DefaultSelector()
        self._children: list[Child] = []
        self._asked = 0
        self._asked_at = 0.0

    def listen(self) -> None:
        """Takes Ctrl-C, a polite kill and a closed terminal as the wish to end; a second wish hurries."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup a closed terminal is no wish.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask)

    def start(self, program: Program) -> Child:
        """Starts a program, and from now on starts it again whenever it dies."""
        child = Child(program, restarts=True)
        self._children.append(child)
        self._start(child)
        return child

    def run(self, program: Program) -> tuple[int | None, list[str]]:
        """Runs a program to its end: its return code, and the lines of its standard output."""
        said: list[str] = []
        child = Child(program, restarts=False)
        self._children.append(child)
        process = spawn(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        child.live(process)
        self._listen_to(process.stdout, lambda line: said.append(line.decode(errors="replace")))
        self._listen_to(process.stderr, lambda line: self._console.line(program.name, line))
        self.until(lambda: child.code is not None)
        return child.code, said

    def until(self, met: Callable[[], bool]) -> None:
        """Waits for a condition.

        Raises:
            Asked: when somebody asks for the end first.
        """
        while not met():
            self._turn()
            if self._asked:
                raise Asked
            for child in self._children:
                if child.is_due:
                    self._start(child)

    def stop(self) -> None:
        """Ends every program, stage by stage, each stage only when the one before has ended."""
        for child in self._children:
            child.restarts = False
        for stage in sorted({child.program.stage for child in self._children}):
            self._stop_stage([child for child in self._children if child.program.stage == stage])

    def _stop_stage(self, children: list[Child]) -> None:
        for child in children:
            child.send(child.program.stop_signal)
        self._see_off(children, max(child.program.grace_seconds for child in children), wishes=1)
        for child in children:
            child.send(signal.SIGQUIT)
        self._see_off(children, HURRY_SECONDS, wishes=2)
        for child in children:
            child.kill()
        self._turn(0)

    def _see_off(self, children: Iterable[Child], seconds: float, wishes: int) -> None:
        """Waits until all have ended, the time is over, or more wishes than that were heard."""
        give_up = time.monotonic() + seconds
        while any(child.process for child in children) and time.monotonic() < give_up:
            if self._asked > wishes:
                return
            self._turn()

    def _start(self, child: Child) -> None:
        name = child.program.name
        process = spawn(child.program, stdout=subprocess.PIPE)
        child.live(process)
        self._listen_to(process.stdout, lambda line: self._console.line(name, line))

    def _turn(self, seconds: float = TURN_SECONDS) -> None:
        dead = [child for child in self._children if child.has_died()]
        self._pass_lines(0 if dead else seconds)
        if dead:
            self._pass_lines(0)  # so that their last words are heard before the news
        for child in dead:
            if child.restarts:
                pause = child.rest()
                self._console.note(f"{child.program.name} {words_for(child.code)}; again in {pause:.0f} s")

    def _pass_lines(self, seconds: float) -> None:
        for key, _ in self._pipes.select(seconds):
            if not key.data.read():
                self._pipes.unregister(key.fileobj)
                key.data.pipe.close()

    def _listen_to(self, pipe: IO[bytes] | None, take: Callable[[bytes], None]) -> None:
        if pipe is not None:
            self._pipes.register(pipe, selectors.EVENT_READ, Lines(pipe, take))

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._asked or now - self._asked_at > SAME_WISH_SECONDS:
            self._asked, self._asked_at = self._asked + 1, now
