"""What became of a request."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from webapp.domain.errors import N_

MAX_ANSWER: Final = 64 * 1024


class Fate(StrEnum):
    """What is proven about a request."""

    ANSWERED = "answered"
    """A whole answer came back."""
    NOT_SENT = "not_sent"
    """Not one byte of the request was written: it can be posted again."""
    UNKNOWN = "unknown"
    """Something was written and no whole answer came back: it may have been taken."""


class Problem(StrEnum):
    """Why there is no answer."""

    ADDRESS = "address"
    NAME = "name"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_BIG = "too_big"
    BROKEN = "broken"


PROBLEM_WORDS: Final = {
    Problem.ADDRESS: N_("This address is not allowed. Check it."),
    Problem.NAME: N_("No machine of that name can be found. Check the address."),
    Problem.CONNECT: N_("Nobody answers at this address. Check it, or try again in a few minutes."),
    Problem.TLS: N_("The certificate at this address can not be trusted. Ask whoever runs it to renew it."),
    Problem.TIMEOUT: N_("The answer took too long. Try again in a few minutes."),
    Problem.TOO_BIG: N_("The answer was longer than any real one. Check the address."),
    Problem.BROKEN: N_("The connection broke before an answer came. Try again in a few minutes."),
}


@dataclass(slots=True)  # not frozen: one is made for every message, and that would cost three times as much
class Answer:
    """What came back for one request, with the context it was posted under.

    `status` is the HTTP status, or None; `body` at most MAX_ANSWER bytes, never decompressed; `retry_after`
    seconds the other side asked to wait (0: it did not; libcurl alone believes at most six hours); `sentence` why
    an address was not called."""

    context: object = field(repr=False)
    fate: Fate
    status: int | None = None
    body: bytes = field(default=b"", repr=False)
    retry_after: int = 0
    problem: Problem | None = None
    sentence: str = ""
