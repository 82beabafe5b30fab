"""What goes wrong at these doors, as one shape: a status, a word for programs and a sentence for people."""

import logging
import uuid
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, json, request
from flask_babel import gettext as _
from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from werkzeug.exceptions import HTTPException

from webapp.api import mistakes
from webapp.domain.errors import N_, Conflict, Invalid, NotAllowed, NotFound, Refusal

log = logging.getLogger(__name__)

_STATUS: Final[dict[type[Refusal], tuple[int, str]]] = {
    Invalid: (422, "invalid"),
    NotFound: (404, "not_found"),
    NotAllowed: (403, "forbidden"),
    Conflict: (409, "conflict"),
}
_HTTP: Final[dict[int, tuple[str, str]]] = {
    400: ("bad_request", N_("The request could not be understood.")),
    404: ("not_found", N_("There is nothing here.")),
    405: ("method_not_allowed", N_("This can not be done this way.")),
    413: ("too_large", N_("This is too large.")),
    415: ("unsupported_media_type", N_("This kind of data is not taken here.")),
}
_ACCIDENT: Final = N_("Something went wrong on our side. Its number in the log is %(number)s.")
# The fields of verbs that pages ask for in steps and questions are called as those are.
_FIELDS: Final = {
    "number": "whatsappInstanceId",
    "audience": "recipientIds",
    "schedule": "scheduledAt",
    "typed": "uncertainCount",
    "Idempotency-Key": "Idempotency-Key",
}


class Problem(Exception):
    """One error as it goes over the wire; also raised for what a door finds by itself."""

    def __init__(
        self, status: int, code: str, message: str, field: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = headers or {}

    def told(self) -> dict[str, Any]:
        told = {"code": self.code, "message": self.message}
        return told | ({"field": self.field} if self.field else {})

    def answer(self) -> Response:
        body = json.dumps({"error": self.told()})
        return Response(body, self.status, headers=dict(self.headers), mimetype="application/json")


def of(error: Exception) -> Problem:
    """The problem that an error is. What nobody expected is logged under a number and says nothing else."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return _refusal(error)
    if isinstance(error, ValidationError):
        return _shape(error)
    if isinstance(error, HTTPException) and (error.code or 500) < 500:
        return _http(error)
    number = uuid.uuid4().hex[:12]
    log.error("accident", extra={"accident": number, "endpoint": request.endpoint}, exc_info=error)
    return Problem(500, "internal", _(_ACCIDENT, number=number))


def _refusal(refusal: Refusal) -> Problem:
    status, code = _STATUS.get(type(refusal), (400, "bad_request"))
    sentence = _(refusal.message, **refusal.values) if refusal.values else _(refusal.message)
    typed = refusal.field if isinstance(refusal, Invalid) else ""
    return Problem(status, code, sentence, _FIELDS.get(typed) or to_camel(typed))


def _shape(error: ValidationError) -> Problem:
    if unread := mistakes.unread(error):
        return Problem(400, "bad_request", unread)
    found = mistakes.of(error)
    return Problem(422, "wrong_shape", mistakes.together(found), found[0].field)


def _http(error: HTTPException) -> Problem:
    # A redirect is none here: a program that writes an address otherwise shall know it.
    status = error.code if error.code and error.code >= 400 else 404
    code, sentence = _HTTP.get(status, _HTTP[400])
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return Problem(status, code, _(sentence), headers=headers)
