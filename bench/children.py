"""Processes of a run: started with what they need to know, ended by their id."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.program import leashed

ROOT = Path(__file__).resolve().parents[1]


class Ended(Exception):
    """A program ended before it said what it was there for."""


@dataclass(frozen=True)
class Child:
    """A running python program that tells things line by line."""

    process: subprocess.Popen[str]

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """Its next line.

        Raises:
            Ended: there is none.
        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise Ended("A program of this run ended too early: its words stand above.")
        return line.strip()


@contextmanager
def running(*command: str, env: Mapping[str, str] = os.environ, **pipes: Any) -> Iterator[Child]:
    """A python program of ours, until the block is left."""
    given: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True} | pipes
    process = subprocess.Popen(leashed((sys.executable, *command)), cwd=ROOT, env=dict(env), **given)
    try:
        yield Child(process)
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def answer_of(*command: str, env: Mapping[str, str] = os.environ) -> str:
    """What a python program of ours prints.

    Raises:
        Ended: it failed.
    """
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=dict(env), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise Ended(f"{' '.join(command[:2])} failed: its words stand above.")
    return done.stdout.strip()
