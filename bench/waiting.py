"""Waiting for something to hold."""

import time
import urllib.request
from collections.abc import Callable


def wait_until(holds: Callable[[], object], seconds: float, every: float = 0.05) -> None:
    """Until it holds.

    Raises:
        TimeoutError: it did not within that time.
    """
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            raise TimeoutError(f"It did not come to hold within {seconds:.0f} seconds.")
        time.sleep(every)


def answers(url: str) -> bool:
    """Whether this address says 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
