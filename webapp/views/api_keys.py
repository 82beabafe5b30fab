"""Keys of programs, in the settings: made, shown once, taken away."""

import uuid
from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask_babel import gettext as _

from webapp.domain.scopes import SCOPES
from webapp.forms.api_keys import KeyForm
from webapp.services import api_keys
from webapp.views import shown_once
from webapp.views.guard import here
from webapp.views.shared import attempt, said, to
from webapp.views.step_up import password_first

bp = Blueprint("api_keys", __name__, url_prefix="/settings/keys")


@bp.get("")
def index():
    keys = api_keys.listed(here().tenant.id)
    return render_template("settings/keys.html", keys=keys, scopes=SCOPES, now=datetime.now(UTC))


@bp.get("/new")
@password_first(again=True)
def new():
    return _new(KeyForm())


@bp.post("/new")
@password_first(again=True)
def create():
    form = KeyForm()
    pair = attempt(
        form,
        lambda: api_keys.create(
            here().tenant.id,
            name=form.name.data or "",
            scopes_asked=form.scopes.data or (),
            days=form.days_asked(),
            by=here().user.id,
        ),
    )
    if pair is None:
        return _new(form, 422)
    key, token = pair
    shown_once.keep(key.id, token)
    return to("api_keys.made", key_id=key.id)


@bp.get("/<uuid:key_id>/made")
def made(key_id: uuid.UUID):
    """What was just made, once; a reload says what to do without it."""
    key = api_keys.get(here().tenant.id, key_id)
    return render_template("settings/key.html", key=key, token=shown_once.take(key.id))


@bp.post("/<uuid:key_id>/revoke")
@password_first()
def revoke(key_id: uuid.UUID):
    key = api_keys.revoke(here().tenant.id, key_id, by=here().user.id)
    said(_("%(name)s is taken away. Programs that carry it are refused from now on.", name=key.name))
    return to("api_keys.index")


def _new(form: KeyForm, status: int = 200):
    return render_template("settings/new_key.html", form=form), status
