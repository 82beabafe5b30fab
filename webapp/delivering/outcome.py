"""Outcome: what an answer means for its event and for its endpoint."""

from dataclasses import dataclass
from typing import Final

from webapp.delivering import redaction
from webapp.domain.errors import N_
from webapp.egress.answer import PROBLEM_WORDS, Answer, Fate, Problem

GONE: Final = 410
ASK_TO_WAIT: Final = (429, 503)

REDIRECTED: Final = N_(
    "The address points somewhere else. Redirects are not followed: give the final address."
)
SWITCHED_OFF: Final = N_("The receiver says that this address is gone for good.")
NOT_TAKEN: Final = N_("The receiver did not take the event.")
TOO_BUSY: Final = N_("The receiver asks to wait.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try. `retry_after` is seconds that the receiver asked to wait (0: it did not)."""

    success: bool
    status_code: int | None = None
    response: str | None = None
    error: str | None = None
    retry_after: int = 0
    duration_ms: int = 0

    @property
    def is_gone(self) -> bool:
        return self.status_code == GONE


def outcome_of(answer: Answer, seconds: float) -> Outcome:
    """Success is a whole answer with a status from 200 to 299, and nothing else."""
    is_whole = answer.fate is Fate.ANSWERED
    status = answer.status
    success = is_whole and status is not None and 200 <= status < 300
    return Outcome(
        success=success,
        status_code=status if is_whole else None,
        response=redaction.answer(answer.body),
        error=None if success else _words(answer),
        retry_after=answer.retry_after if status in ASK_TO_WAIT else 0,
        duration_ms=round(seconds * 1000),
    )


def not_posted(sentence: str) -> Outcome:
    """A try that ended before anything was written."""
    return Outcome(success=False, error=sentence)


def _words(answer: Answer) -> str:
    if answer.fate is not Fate.ANSWERED or answer.status is None:
        return answer.sentence or PROBLEM_WORDS[answer.problem or Problem.BROKEN]
    if answer.status in ASK_TO_WAIT:
        return TOO_BUSY
    if answer.status == GONE:
        return SWITCHED_OFF
    return REDIRECTED if 300 <= answer.status < 400 else NOT_TAKEN
