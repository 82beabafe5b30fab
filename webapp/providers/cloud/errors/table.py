"""All error codes, and how a code is judged (Meta's error code page of September 2026)."""

from typing import Final

from webapp.domain.errors import N_
from webapp.providers.cloud.errors import account, messages, pace, recipients, setup
from webapp.providers.errors import RETRYABLE, ErrorClass, Explanation

_ROWS: Final = (*account.ROWS, *pace.ROWS, *recipients.ROWS, *messages.ROWS, *setup.ROWS)
TABLE: Final = {row.code: row for row in _ROWS}

_PERMISSION_CODES: Final = range(200, 300)
_UNKNOWN_OBJECT: Final = 33


def explain(code: int) -> Explanation:
    """A code in words. One that is not known yet fails its message and is not tried again by the machine."""
    if code in _PERMISSION_CODES:
        code = _PERMISSION_CODES.start
    return TABLE.get(code) or Explanation(
        code,
        ErrorClass.MESSAGE_INVALID,
        N_("WhatsApp refused the message for a reason that is not known here."),
        N_("Look the code up in Meta's list of WhatsApp error codes, or ask whoever set up the number."),
    )


def classify(
    code: int, subcode: int | None = None, status: int | None = None, is_transient: bool = False
) -> ErrorClass:
    """What a code means for the send. `status` is the HTTP status, None for an error in a callback.

    It decides nothing, but says whether Meta's own "this will pass" and its code 1 are to be believed."""
    cls = explain(code).cls
    server_error = status is None or status >= 500
    if is_transient and status is not None and server_error and cls not in RETRYABLE:
        return ErrorClass.TRANSIENT
    if code == 1 and not (server_error or is_transient):
        return ErrorClass.MESSAGE_INVALID
    if code == 100 and subcode == _UNKNOWN_OBJECT:
        return ErrorClass.PAUSE_NUMBER
    return cls
