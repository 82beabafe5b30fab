"""Results: what became of one number on the wire, in the words of the tables."""

from dataclasses import dataclass
from typing import Final

from webapp.providers.base import Accepted, NotSent, Outcome, Refused
from webapp.providers.errors import PAUSING, RETRYABLE, THROTTLING, ErrorClass
from webapp.sending.lease import Row

# Seconds to wait before a further attempt; after the last one the recipient has failed.
BACKOFF: Final = (1, 4, 16, 60)
RETRY = "retry"


@dataclass(slots=True)
class Result:
    """`status` is accepted, failed, uncertain, skipped, settled (a callback was quicker) or retry, then after
    `wait` seconds as attempt `attempt`."""

    row: Row
    status: str
    message_id: str | None = None
    wa_id: str = ""
    error_code: int | None = None
    error_message: str | None = None
    wait: float = 0
    attempt: int = 0


def result_of(row: Row, outcome: Outcome) -> Result:
    """What the tables are told about an answer. Only what was provably not accepted is tried again."""
    if isinstance(outcome, Accepted):
        return Result(row, "accepted", outcome.message_id, outcome.wa_id or outcome.user_id)
    if isinstance(outcome, NotSent):
        # Nobody was there: that is not this recipient's fault and costs it no attempt. The lane waits (reach.py).
        return Result(row, RETRY, error_message=outcome.problem.value, wait=1, attempt=row.attempt)
    if isinstance(outcome, Refused):
        return _refused(row, outcome)
    return Result(row, "uncertain", error_message=outcome.reason.value)


def _refused(row: Row, refused: Refused) -> Result:
    if refused.cls in PAUSING:
        # A person has to act first; then this row is as good as any other.
        return Result(row, RETRY, error_code=refused.code, wait=0, attempt=row.attempt)
    if refused.cls in THROTTLING:
        # The number was too fast: that is not this recipient's fault and costs it no attempt.
        return Result(row, RETRY, error_code=refused.code, wait=refused.retry_after or 1, attempt=row.attempt)
    if refused.cls == ErrorClass.PAIR_THROTTLE:
        return _again(row, refused.code, refused.details, (1, 4, 16, 64))
    if refused.cls in RETRYABLE:
        return _again(row, refused.code, refused.details, BACKOFF)
    return Result(row, "failed", error_code=refused.code, error_message=refused.details or None)


def _again(row: Row, code: int | None, details: str, pauses: tuple[int, ...]) -> Result:
    if row.attempt > len(pauses):
        return Result(row, "failed", error_code=code, error_message=details or None)
    return Result(
        row,
        RETRY,
        error_code=code,
        error_message=details or None,
        wait=pauses[row.attempt - 1],
        attempt=row.attempt + 1,
    )
