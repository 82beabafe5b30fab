"""What Meta's answer to a posted message means."""

import json
from typing import Any, Final

from webapp.egress.answer import Answer, Fate, Problem
from webapp.providers.base import Accepted, Doubt, NotSent, Outcome, Refused, Unknown
from webapp.providers.cloud.errors.table import classify
from webapp.providers.cloud.fields import clean, mapping, number

_DOUBTS: Final = {Problem.TIMEOUT: Doubt.TIMEOUT, Problem.TOO_BIG: Doubt.TOO_BIG}


def read_send_answer(answer: Answer) -> Outcome:
    """What became of one posted message.

    A message id is a success and a Graph error with a code a refusal, whatever the HTTP status says: sources
    differ about it. Anything else is unknown, for it may come from a machine between Meta and us."""
    if answer.fate is Fate.NOT_SENT:
        return NotSent(answer.problem or Problem.BROKEN, answer.sentence)
    if answer.fate is Fate.UNKNOWN:
        return Unknown(_DOUBTS.get(answer.problem or Problem.BROKEN, Doubt.BROKEN), answer.status)
    body = read_json(answer.body)
    return _accepted(body) or read_error(body, answer) or Unknown(Doubt.UNREADABLE, answer.status)


def read_error(body: dict[str, Any], answer: Answer) -> Refused | None:
    """The Graph error of an answer, or None when it is none."""
    error = mapping(body.get("error"))
    code = number(error.get("code"))
    if code is None:
        return None
    subcode = number(error.get("error_subcode"))
    return Refused(
        code,
        classify(code, subcode, answer.status, error.get("is_transient") is True),
        subcode,
        _details(error),
        answer.retry_after,
        clean(error.get("fbtrace_id"), 100),
    )


def read_json(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; empty when there is none."""
    try:
        return mapping(json.loads(body.decode()))
    except (ValueError, RecursionError):
        return {}


def _accepted(body: dict[str, Any]) -> Accepted | None:
    message, contact = _first(body.get("messages")), _first(body.get("contacts"))
    message_id = clean(message.get("id"), 500)
    if not message_id:
        return None
    status = clean(message.get("message_status"), 100)
    return Accepted(message_id, clean(contact.get("wa_id"), 50), clean(contact.get("user_id"), 100), status)


def _first(value: object) -> dict[str, Any]:
    return mapping(value[0]) if isinstance(value, list) and value else {}


def _details(error: dict[str, Any]) -> str:
    """`error_data` is an object, a text or missing."""
    data = error.get("error_data")
    return clean(mapping(data).get("details") or data, 500) or clean(error.get("message"), 500)
