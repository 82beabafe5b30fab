"""A worker whose clock is ten minutes ahead, where libfaketime is not installed. PostgreSQL's and Redis's are right."""

import time

AHEAD_SECONDS = 600


def apply() -> None:
    """Moves what the product asks for the time: time.time, on which Python's logging and its dates stand too."""
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + AHEAD_SECONDS
    time.time_ns = lambda: real_ns() + AHEAD_SECONDS * 10**9
