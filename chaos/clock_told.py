"""A worker that keeps telling what time it takes it to be, so that a fault can see its clock jump."""

import os
import threading
import time
from pathlib import Path

SECONDS = 0.25


def told(shift: Path) -> Path:
    """Where the process whose clock is moved by this file tells its time, in seconds since 1970."""
    return shift.with_suffix(".told")


def apply() -> None:
    threading.Thread(
        target=_tell, args=(told(Path(os.environ["FAKETIME_TIMESTAMP_FILE"])),), daemon=True
    ).start()


def _tell(place: Path) -> None:
    new = place.with_suffix(".telling")
    while True:
        new.write_text(str(time.time()))
        new.replace(place)
        time.sleep(SECONDS)
