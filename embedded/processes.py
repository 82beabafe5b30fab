"""Processes found by where they work or which session they are in, and their end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PATIENCE_SECONDS = 5.0


def end_session(session: int) -> None:
    """Kills whoever is left of a program that was started as the leader of this session."""
    _end(lambda: [pid for pid in _all() if _session_of(pid) == session])


def end_working_in(folder: Path, binary: str) -> None:
    """Kills the processes of this binary that an earlier start left working in the folder, all of them."""
    _end(lambda: _working_in(folder, binary))


def _end(find: Callable[[], list[int]]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while (left := find()) and time.monotonic() < give_up:
        _kill(left)
        time.sleep(0.02)


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _session_of(pid: int) -> int | None:
    try:
        return None if _is_dead(pid) else os.getsid(pid)
    except OSError:
        return None


def _is_dead(pid: int) -> bool:
    """Whether only its exit status is left, which is for its parent to collect."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return False


def _all() -> list[int]:
    if sys.platform == "linux":
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return _numbers(["ps", "-axo", "pid="])


def _working_in(folder: Path, binary: str) -> list[int]:
    if sys.platform != "linux":
        return _numbers(["lsof", "-t", "-a", "-d", "cwd", "-c", binary, "--", str(folder)])
    place = str(folder.resolve())
    return [pid for pid in _all() if _link(pid, "cwd") == place and _binary_of(pid) == binary]


def _binary_of(pid: int) -> str:
    # The file behind a running program may have been replaced by an update since.
    return Path(_link(pid, "exe").removesuffix(" (deleted)")).name


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return ""


def _numbers(command: list[str]) -> list[int]:
    told = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return [int(word) for word in told.stdout.split()]
