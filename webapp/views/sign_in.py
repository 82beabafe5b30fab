"""Coming in and going out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from webapp.domain.errors import NotAllowed
from webapp.forms.sign_in import SignInForm, WelcomeForm
from webapp.services import accounts, sessions
from webapp.views.guard import enter, own_path
from webapp.views.shared import attempt, said, to, words
from webapp.views.step_up import proved

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
def form():
    return _page(SignInForm())


@bp.post("/sign-in")
def submit():
    form = SignInForm()
    try:
        token = attempt(
            form, lambda: sessions.sign_in(form.email.data, form.password.data, request.remote_addr or "")
        )
    except NotAllowed as refusal:
        form.form_errors.append(words(refusal))
        return _page(form, 429)
    if token is None:
        return _page(form, 422)
    return _enter(token, own_path(request.args.get("next")))


@bp.post("/sign-out")
def sign_out():
    sessions.sign_out(session.get("token", ""))
    session.clear()
    return to("sign_in.form")


@bp.get("/link/<token>")
def link(token: str):
    """Shows whose link it is and waits for a click, so that no mail scanner uses it up by looking."""
    return _welcome(token, WelcomeForm())


@bp.post("/link/<token>")
def use_link(token: str):
    form = WelcomeForm()
    new = attempt(form, lambda: sessions.sign_in_by_link(token, form.password.data))
    if new is None:
        return _welcome(token, form, 422)
    answer = _enter(new, None)
    if form.password.data:
        said(_("Your password is set."))
    return answer


def _page(form: SignInForm, status: int = 200):
    return render_template("sign_in/form.html", form=form), status


def _welcome(token: str, form: WelcomeForm, status: int = 200):
    return render_template("sign_in/link.html", form=form, person=accounts.link_owner(token)), status


def _enter(token: str, target: str | None):
    enter(token)
    proved(again=False)
    return redirect(target or url_for("dashboard.index"), 303)
