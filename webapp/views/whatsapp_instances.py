"""Numbers: list, one number with what its check found, connect, change, pause, trash."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _

from webapp.domain.errors import Conflict
from webapp.forms.whatsapp_instances import WhatsAppInstanceForm
from webapp.services import heard, instance_checks, tokens, whatsapp_instances
from webapp.services.campaigns import reasons
from webapp.views.guard import here, is_htmx
from webapp.views.shared import asked_keys, attempt, page_links, refused, said, to
from webapp.views.step_up import password_first

bp = Blueprint("whatsapp_instances", __name__, url_prefix="/numbers")

FIELDS = (
    "name", "phone_number", "phone_number_id", "business_account_id", "access_token", "app_secret", "verify_token",
    "messages_per_second", "base_url", "api_version",
)  # fmt: skip


def lands_on_the_number(view: Callable[..., Any]) -> Callable[..., Any]:
    """What can not be done now is said on the number's own page, with the way to what is in the way."""

    @wraps(view)
    def wrapped(instance_id: uuid.UUID) -> Any:
        try:
            return view(instance_id)
        except Conflict as refusal:
            if is_htmx():
                raise
            refused(refusal)
            return to("whatsapp_instances.show", instance_id=instance_id)

    return wrapped


@bp.get("")
def index():
    q, trash = request.args.get("q", ""), "trash" in request.args
    page = whatsapp_instances.listed(here().tenant.id, q=q, deleted=trash, **asked_keys())
    links = page_links("whatsapp_instances.index", page, q=q, trash=trash)
    return render_template("whatsapp_instances/index.html", page=page, q=q, in_trash=trash, **links)


@bp.get("/new")
@password_first()
def new():
    form = WhatsAppInstanceForm().as_new()
    form.verify_token.data = tokens.fresh()
    return _form(form)


@bp.post("/new")
@password_first()
def create():
    form = WhatsAppInstanceForm().as_new()
    number = attempt(
        form, lambda: whatsapp_instances.create(here().tenant.id, user_id=here().user.id, **_typed(form))
    )
    if number is None:
        return _form(form, status=422)
    said(_("The number is saved. It is being checked."))
    return to("whatsapp_instances.show", instance_id=number.id)


@bp.get("/<uuid:instance_id>")
def show(instance_id: uuid.UUID):
    number = whatsapp_instances.get(here().tenant.id, instance_id)
    return render_template(
        "whatsapp_instances/show.html",
        secrets=whatsapp_instances.shown(number) if here().can("whatsapp_instances.edit") else None,
        callback_address=instance_checks.callback_address(number.id),
        base_url=current_app.config["CRIER"].base_url,
        **_state(number),
    )


@bp.get("/<uuid:instance_id>/state")
def state(instance_id: uuid.UUID):
    """The fragment that asks for itself while a check is going on."""
    number = whatsapp_instances.get(here().tenant.id, instance_id)
    return render_template("whatsapp_instances/state.html", **_state(number))


@bp.get("/<uuid:instance_id>/edit")
@password_first()
def edit(instance_id: uuid.UUID):
    number = whatsapp_instances.get(here().tenant.id, instance_id)
    form = WhatsAppInstanceForm(obj=number)
    form.verify_token.data = whatsapp_instances.shown(number).verify_token
    return _form(form, number)


@bp.post("/<uuid:instance_id>/edit")
@password_first()
def update(instance_id: uuid.UUID):
    form = WhatsAppInstanceForm()
    number = whatsapp_instances.get(here().tenant.id, instance_id)
    change = _typed(form)
    if (
        attempt(form, lambda: whatsapp_instances.update(number.tenant_id, number.id, **change, **_me()))
        is None
    ):
        return _form(form, number, 422)
    said(_("Saved."))
    return to("whatsapp_instances.show", instance_id=instance_id)


@bp.post("/<uuid:instance_id>/check")
@lands_on_the_number
def check(instance_id: uuid.UUID):
    whatsapp_instances.check_again(here().tenant.id, instance_id)
    return to("whatsapp_instances.show", instance_id=instance_id)


@bp.post("/<uuid:instance_id>/pause")
@lands_on_the_number
def pause(instance_id: uuid.UUID):
    number = whatsapp_instances.pause(here().tenant.id, instance_id, **_me())
    said(_("%(name)s is paused. Nothing more goes out from it.", name=number.name))
    return to("whatsapp_instances.show", instance_id=instance_id)


@bp.post("/<uuid:instance_id>/unpause")
@lands_on_the_number
def unpause(instance_id: uuid.UUID):
    number = whatsapp_instances.unpause(here().tenant.id, instance_id, **_me())
    said(_("%(name)s sends again.", name=number.name))
    return to("whatsapp_instances.show", instance_id=instance_id)


@bp.post("/<uuid:instance_id>/delete")
@lands_on_the_number
def delete(instance_id: uuid.UUID):
    number = whatsapp_instances.remove(here().tenant.id, instance_id, **_me())
    said(
        _("%(name)s is in the trash.", name=number.name),
        undo="whatsapp_instances.restore",
        instance_id=instance_id,
    )
    return to("whatsapp_instances.index")


@bp.post("/<uuid:instance_id>/restore")
def restore(instance_id: uuid.UUID):
    number = whatsapp_instances.restore(here().tenant.id, instance_id, **_me())
    said(_("%(name)s is back.", name=number.name))
    return to("whatsapp_instances.show", instance_id=instance_id)


def _state(number) -> dict:
    return {
        "number": number,
        "going_on": instance_checks.is_going_on(number),
        "late": instance_checks.is_late(number),
        "out_of_reach": instance_checks.is_out_of_reach(number),
        "heard": heard.of(number.id),
        "unheard": reasons.UNHEARD,
        "paused_by_person": whatsapp_instances.was_paused_by_a_person(number),
    }


def _form(form: WhatsAppInstanceForm, number=None, status: int = 200):
    secrets = whatsapp_instances.shown(number) if number else None
    return render_template("whatsapp_instances/form.html", form=form, number=number, secrets=secrets), status


def _typed(form: WhatsAppInstanceForm) -> dict:
    """What was typed. The verify token in the form is the present one unless it was changed."""
    return {name: form[name].data for name in FIELDS}


def _me() -> dict:
    return {"user_id": here().user.id}
