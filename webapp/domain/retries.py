"""Retries: when a webhook post that failed is tried again."""

from collections.abc import Sequence
from random import Random
from typing import Final

# Seconds before each try: at once, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours; three days in all.
SCHEDULE: Final = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)

# A receiver that was away does not get everything in the same second.
JITTER: Final = 0.2

# A receiver that asks to wait longer is asked again after a day.
LONGEST_WAIT: Final = 86_400

_dice: Final = Random()  # noqa: S311 - spreads load, keeps no secret


def next_try(schedule: Sequence[float], failed: int, retry_after: float = 0) -> float | None:
    """Seconds until the next try after so many failures; None when no more are made.

    Args:
        retry_after: what the receiver asked to wait, in seconds; never is it asked sooner, up to a day.
    """
    if failed >= len(schedule):
        return None
    wait = schedule[failed] * _dice.uniform(1 - JITTER, 1 + JITTER)
    return max(wait, min(retry_after, LONGEST_WAIT))
