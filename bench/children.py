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


@dataclass(frozen=True)
class Child:
    """A running python program that tells things line by line."""

    process: subprocess.Popen[str]

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """Its next line; a program that ended instead is the end of the run."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(map(str, self.process.args))} ended: its words stand above.")  # type: ignore[arg-type]
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
    """What a python program of ours prints."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=dict(env), stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()
