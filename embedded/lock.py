"""One program at a time runs the servers of a data folder."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.refused import Refused

FILE = "lock"
# Long enough for somebody who only looks, and for a predecessor that was killed, to let go.
PATIENCE_SECONDS = 1.0


@contextmanager
def locked(folder: Path, address: str) -> Iterator[None]:
    """Holds the folder, saying at which address it is served; refuses when another process holds it."""
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _won(descriptor):
            raise Refused(_taken(folder, os.pread(descriptor, 4096, 0)))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"address": address, "pid": os.getpid()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)  # the kernel does it for the dead


def is_locked(folder: Path) -> bool:
    """Whether a living process holds the folder."""
    try:
        descriptor = os.open(folder / FILE, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _won(descriptor: int) -> bool:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                return False
            time.sleep(0.05)
        else:
            return True


def _taken(folder: Path, held_by: bytes) -> str:
    try:
        holder = json.loads(held_by)
        who = f"at {holder['address']} (process {holder['pid']})"
    except (ValueError, TypeError, KeyError):
        who = "in another process"
    return (
        f"Crier already runs {who} with the data of {folder}: "
        "stop that one first, or set DATA_DIR to another folder."
    )
