"""A terminal that takes nothing holds up nobody."""

import os
import sys
import threading

import pytest

from embedded import console
from embedded.console import Console


def test_what_nobody_reads_is_lost_and_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "PATIENCE_SECONDS", 0.1)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as terminal, os.fdopen(writing, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        made = Console()
        thread = threading.Thread(target=talk, args=(made, 2 * console.MOST_LINES), daemon=True)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
        heard = [terminal.readline() for _ in range(console.MOST_LINES)]
        made.plain("here again")
        made.close()
        assert b"here again\n" in iter(terminal.readline, b"")
    assert [int(line[:4]) for line in heard] == list(range(console.MOST_LINES)), "what is kept is whole"


def talk(made: Console, lines: int) -> None:
    for number in range(lines):
        made.plain(f"{number:04} " + "x" * 1000)
    made.close()
