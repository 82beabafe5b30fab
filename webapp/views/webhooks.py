"""Webhooks: list, one webhook with its last day, make, change, pause, test, secret, trash. The log: webhook_logs.py."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from webapp.domain.errors import Conflict
from webapp.domain.events import EVENTS, WEBHOOK_EVENTS
from webapp.forms.webhooks import WebhookForm
from webapp.services import webhook_days, webhook_logs, webhook_secrets, webhooks
from webapp.views import shown_once
from webapp.views.guard import here, is_htmx
from webapp.views.shared import as_uuid, asked_keys, attempt, page_links, refused, said, to
from webapp.views.step_up import password_first
from webapp.views.webhook_listing import listing

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")

# Why a secret is shown.
OCCASIONS: Final = ("made", "shown", "replaced")


def lands_on_the_webhook(view: Callable[..., Any]) -> Callable[..., Any]:
    """What can not be done now is said on the webhook's own page."""

    @wraps(view)
    def wrapped(webhook_id: uuid.UUID, **arguments: Any) -> Any:
        try:
            return view(webhook_id, **arguments)
        except Conflict as refusal:
            if is_htmx():
                raise
            refused(refusal)
            return to("webhooks.show", webhook_id=webhook_id)

    return wrapped


@bp.get("")
def index():
    q, trash = request.args.get("q", ""), "trash" in request.args
    page = webhooks.listed(here().tenant.id, q=q, deleted=trash, **asked_keys())
    links = page_links("webhooks.index", page, q=q, trash=trash)
    shares = webhook_days.shares(here().tenant.id, [webhook.id for webhook in page.items])
    shown = {"page": page, "q": q, "in_trash": trash, "shares": shares, "state": webhooks.state}
    return render_template("webhooks/index.html", **shown, **links)


@bp.get("/new")
def new():
    return _form(WebhookForm())


@bp.post("/new")
def create():
    form = WebhookForm()
    made = attempt(form, lambda: webhooks.create(here().tenant.id, **_me(), **_typed(form)))
    return _form(form, status=422) if made is None else _to_secret(*made, occasion="made")


@bp.get("/<uuid:webhook_id>")
def show(webhook_id: uuid.UUID):
    webhook = webhooks.get(here().tenant.id, webhook_id)
    return render_template(
        "webhooks/show.html",
        webhook=webhook,
        state=webhooks.state(webhook),
        day=webhook_days.last_day(webhook.tenant_id, webhook.id),
        meanings=EVENTS,
        two_sign=webhook_secrets.are_two(webhook),
        tested=_tested(webhook, as_uuid(request.args.get("tested"))),
        **listing(webhook),
    )


@bp.get("/<uuid:webhook_id>/tested/<uuid:log_id>")
def tested(webhook_id: uuid.UUID, log_id: uuid.UUID):
    """The fragment that asks for itself until the test has an answer."""
    entry = webhook_logs.get(here().tenant.id, webhook_id, log_id)
    return render_template("webhooks/tested.html", webhook_id=webhook_id, tested=entry)


@bp.get("/<uuid:webhook_id>/edit")
def edit(webhook_id: uuid.UUID):
    webhook = webhooks.get(here().tenant.id, webhook_id)
    return _form(WebhookForm(obj=webhook, which="chosen" if webhook.events else "all"), webhook)


@bp.post("/<uuid:webhook_id>/edit")
def update(webhook_id: uuid.UUID):
    form = WebhookForm()
    webhook = webhooks.get(here().tenant.id, webhook_id)
    change = lambda: webhooks.update(webhook.tenant_id, webhook.id, **_me(), **_typed(form))  # noqa: E731
    if attempt(form, change) is None:
        return _form(form, webhook, 422)
    said(_("Saved."))
    return to("webhooks.show", webhook_id=webhook_id)


@bp.post("/<uuid:webhook_id>/test")
@lands_on_the_webhook
def test(webhook_id: uuid.UUID):
    log = webhooks.send_test(here().tenant.id, webhook_id, **_me())
    return to("webhooks.show", webhook_id=webhook_id, tested=log.id)


@bp.post("/<uuid:webhook_id>/pause")
@lands_on_the_webhook
def pause(webhook_id: uuid.UUID):
    webhook = webhooks.pause(here().tenant.id, webhook_id, **_me())
    said(_("%(name)s is paused. Nothing more is posted to it.", name=webhook.name))
    return to("webhooks.show", webhook_id=webhook_id)


@bp.post("/<uuid:webhook_id>/resume")
@lands_on_the_webhook
def resume(webhook_id: uuid.UUID):
    webhook = webhooks.resume(here().tenant.id, webhook_id, **_me())
    said(_("%(name)s hears of events again.", name=webhook.name))
    return to("webhooks.show", webhook_id=webhook_id)


@bp.get("/<uuid:webhook_id>/secret")
def secret(webhook_id: uuid.UUID):
    """What was just made or asked for, once; a reload says where it is."""
    webhook = webhooks.get(here().tenant.id, webhook_id)
    asked = request.args.get("occasion", "")
    return render_template(
        "webhooks/secret.html",
        webhook=webhook,
        occasion=asked if asked in OCCASIONS else "shown",
        secret=shown_once.take(webhook.id),
        two_sign=webhook_secrets.are_two(webhook),
    )


@bp.post("/<uuid:webhook_id>/secret")
@password_first(again=True)
@lands_on_the_webhook
def reveal(webhook_id: uuid.UUID):
    return _to_secret(*webhooks.reveal_secret(here().tenant.id, webhook_id, **_me()), occasion="shown")


@bp.post("/<uuid:webhook_id>/secret/new")
@password_first(again=True)
@lands_on_the_webhook
def regenerate(webhook_id: uuid.UUID):
    return _to_secret(*webhooks.regenerate_secret(here().tenant.id, webhook_id, **_me()), occasion="replaced")


@bp.post("/<uuid:webhook_id>/secret/end")
@password_first()
@lands_on_the_webhook
def end_old_secret(webhook_id: uuid.UUID):
    webhooks.end_old_secret(here().tenant.id, webhook_id, **_me())
    said(_("The old secret is no longer valid. Posts are signed with the new one alone."))
    return to("webhooks.show", webhook_id=webhook_id)


@bp.post("/<uuid:webhook_id>/delete")
def delete(webhook_id: uuid.UUID):
    webhook = webhooks.remove(here().tenant.id, webhook_id, **_me())
    said(
        _("%(name)s is in the trash.", name=webhook.name),
        undo="webhooks.restore",
        webhook_id=webhook_id,
        back=["list"],
    )
    return to("webhooks.index")


@bp.post("/<uuid:webhook_id>/restore")
def restore(webhook_id: uuid.UUID):
    try:
        webhook = webhooks.restore(here().tenant.id, webhook_id, **_me())
    except Conflict as refusal:
        refused(refusal)
        return to("webhooks.index", trash=1)
    said(_("%(name)s is back.", name=webhook.name))
    return to("webhooks.index") if "back" in request.form else to("webhooks.show", webhook_id=webhook_id)


def _tested(webhook, log_id: uuid.UUID | None):
    """The test that was just asked for, if there is such a one."""
    return webhook_logs.find(webhook.tenant_id, webhook.id, log_id) if log_id else None


def _to_secret(webhook, secret: str, *, occasion: str):
    shown_once.keep(webhook.id, secret)
    return to("webhooks.secret", webhook_id=webhook.id, occasion=occasion)


def _form(form: WebhookForm, webhook=None, status: int = 200):
    nouns: dict[str, list[str]] = {}
    for name in WEBHOOK_EVENTS:
        nouns.setdefault(EVENTS[name].about, []).append(name)
    shown = {"form": form, "webhook": webhook, "nouns": nouns, "meanings": EVENTS}
    return render_template("webhooks/form.html", **shown), status


def _typed(form: WebhookForm) -> dict:
    return {
        "name": form.name.data,
        "url": form.url.data,
        "description": form.description.data or "",
        "events": form.chosen(),
    }


def _me() -> dict:
    return {"user_id": here().user.id}
