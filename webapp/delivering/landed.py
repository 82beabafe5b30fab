"""Landed: a try whose outcome is known, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.delivering.claim import Post
from webapp.delivering.outcome import Outcome
from webapp.domain.events import TEST_EVENT
from webapp.domain.retries import next_try


@dataclass(frozen=True, slots=True)
class Landed:
    """A try with its outcome; `wait` is seconds until the next one, None when this was the last."""

    post: Post
    outcome: Outcome
    wait: float | None = None


def landed(post: Post, outcome: Outcome, schedule: Sequence[float]) -> Landed:
    """What follows from an outcome. An endpoint that says it is gone is not asked again, nor is a test repeated: the
    person who asked for it waits for what it says."""
    if outcome.success or outcome.is_gone or post.is_last or post.event == TEST_EVENT:
        return Landed(post, outcome)
    return Landed(post, outcome, next_try(schedule, post.failed_count + 1, outcome.retry_after))
