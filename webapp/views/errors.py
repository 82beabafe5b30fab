"""Refusals and accidents as pages: a sentence, what to do next, and an id to find it in the log. Never a trace."""

import logging
import uuid
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from webapp.domain.errors import N_, Conflict, Invalid, NotAllowed, NotFound, Refusal
from webapp.views.guard import SAFE_METHODS, is_htmx, is_own_origin, own_path
from webapp.views.shared import toast, words

log = logging.getLogger(__name__)

STATUS_OF = {Invalid: 422, NotFound: 404, NotAllowed: 403, Conflict: 409}

SENTENCES = {
    400: N_("The request could not be understood."),
    403: N_("Your role does not allow this."),
    404: N_("There is nothing here."),
    405: N_("This can not be done this way."),
    413: N_("This is too large."),
    415: N_("This kind of data is not taken here."),
    500: N_("Something went wrong on our side. Nothing was changed."),
}


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _accident)


def _refusal(refusal: Refusal):
    return _page(words(refusal), STATUS_OF.get(type(refusal), 400))


def _stale(_error: CSRFError):
    return _page(_("This page was open for too long. Reload it and try again."), 400)


def _http(error: HTTPException):
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, SecurityError):
        # Asked by a name that is none of ours: no address of a page can be made from it.
        return Response(_(SENTENCES[400]), code, content_type="text/plain; charset=utf-8")
    return _page(_(SENTENCES.get(code, SENTENCES[400])), code)


def _accident(error: Exception):
    number = uuid.uuid4().hex[:12]
    log.error("accident", extra={"accident": number, "endpoint": request.endpoint}, exc_info=error)
    return _page(_(SENTENCES[500]), 500, number)


def _page(sentence: str, status: int, number: str | None = None):
    if is_htmx():
        return toast(sentence, "bad", status)
    page = {"status": status, "sentence": sentence, "back": _came_from(), "error_id": number}
    return render_template("errors/error.html", **page), status


def _came_from() -> str | None:
    """The page of ours on which the button was pressed that did not work."""
    if request.method in SAFE_METHODS:
        return None
    try:
        asked = urlsplit(request.referrer or "")
    except ValueError:
        return None
    is_ours = is_own_origin(f"{asked.scheme}://{asked.netloc}")
    return own_path(urlunsplit(("", "", asked.path, asked.query, ""))) if is_ours else None
