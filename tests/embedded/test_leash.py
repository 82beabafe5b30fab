"""A program ends when the one that started it dies, whatever the system offers for that."""

import subprocess
import sys
import textwrap

import pytest

from embedded import leash
from tests.embedded.house import eventually, lives, words_of

# Starts a program on a leash, tells its number and waits to be killed; the leash believes in `platform`.
STARTER = """
    import os, subprocess, sys
    as_if = "import runpy, sys; sys.platform, leash = sys.argv[1:3]; del sys.argv[1:3]; "
    as_if += "runpy.run_path(leash, run_name='__main__')"
    words = [sys.executable, "-c", as_if, {platform!r}, {leash!r}, str(os.getpid()), "-", "sleep", "600"]
    print(subprocess.Popen(words, stdout=subprocess.DEVNULL).pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_program_ends_with_its_starter(platform: str) -> None:
    script = textwrap.dedent(STARTER.format(platform=platform, leash=leash.__file__))
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        program = int(starter.stdout.readline())
        eventually(lambda: "sleep" in words_of(program), "the program did not start")
        starter.kill()
    eventually(lambda: not lives(program), "the program lives on")


def test_a_program_whose_starter_is_dead_already_does_not_start() -> None:
    words = [sys.executable, leash.__file__, "1", "-", "echo", "started"]
    ended = subprocess.run(words, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, b"")
