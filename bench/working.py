"""What a measured process says of itself: "ready", and after a line and the work, when it began and what it cost."""

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

_STATUS = Path("/proc/self/status")


def work(serve: Callable[[], bool]) -> None:
    """Wait for a line, serve until nothing is left, and tell: since 1970 and processor (seconds), most memory (MB)."""
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.time(), time.process_time()
    while serve():
        pass
    spent = time.process_time() - cpu
    told = {"began": began, "cpuSeconds": round(spent, 3), "mostMemoryMb": round(_most_memory(), 1)}
    print(json.dumps(told), flush=True)


def _most_memory() -> float:
    """Linux's getrusage counts what the parent had before this program was loaded."""
    if _STATUS.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
