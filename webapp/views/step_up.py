"""Step-up: what is grave needs a person who has proved lately to be the one who signed in, so that nobody does it at
a browser that was left open."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, session, url_for

from webapp.domain.errors import NotAllowed
from webapp.forms.step_up import StepUpForm
from webapp.services import sessions
from webapp.views.guard import SAFE_METHODS, here, own_path
from webapp.views.shared import attempt, words

bp = Blueprint("step_up", __name__)

WITHIN_SECONDS: Final = 600

# In the signed cookie beside the session's token, with which it ends: when, and whether the password was typed anew.
_KEY: Final = "proved"


def proved(*, again: bool) -> None:
    """Remember that the person has just proved who they are: `again` by their password, else by signing in."""
    session[_KEY] = [int(time.time()), again]


def is_proved(*, again: bool = False) -> bool:
    """Whether that was within the last ten minutes. Who has no password can not type it again."""
    at, typed = session.get(_KEY, (0, False))
    is_fresh = 0 <= time.time() - at < WITHIN_SECONDS
    return is_fresh and (typed or not again or here().user.password_hash is None)


def password_first(*, again: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Ask for the password before this route, unless it was given within ten minutes. What was typed into the form
    goes along with the question.

    Args:
        again: to have signed in lately is not enough; for what shows a secret.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapped(**arguments: Any) -> Any:
            if is_proved(again=again):
                return view(**arguments)
            if request.method in SAFE_METHODS:
                return _ask(StepUpForm(formdata=None), url_for("step_up.confirm", next=_asked()))
            form = StepUpForm() if "present_password" in request.form else StepUpForm(formdata=None)
            refused = _check(form, _asked())
            return refused if refused is not None else view(**arguments)

        return wrapped

    return decorate


@bp.post("/confirm")
def confirm():
    """The answer to a question that was asked before a page; afterwards the page opens."""
    refused = _check(StepUpForm(), _asked())
    target = own_path(request.args.get("next")) or url_for("dashboard.index")
    return refused if refused is not None else redirect(target, 303)


def _asked() -> str:
    return request.full_path.rstrip("?")


def _check(form: StepUpForm, action: str) -> Any | None:
    """The question again, or None when it was answered rightly."""
    if form.present_password.raw_data is None:
        return _ask(form, action, 422)
    typed, address = form.present_password.data or "", request.remote_addr or ""
    try:
        if attempt(form, lambda: sessions.prove(here().signed_in, typed, address)) is None:
            return _ask(form, action, 422)
    except NotAllowed as refusal:
        form.form_errors.append(words(refusal))
        return _ask(form, action, 429)
    proved(again=True)
    return None


def _ask(form: StepUpForm, action: str, status: int = 200):
    ours = {"csrf_token", *form._fields}
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in ours]
    return render_template("step_up/form.html", form=form, action=action, carried=carried), status
