"""One entry in the log of a webhook with its tries, and what is posted once more."""

import uuid
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.events import EVENTS
from webapp.services import webhook_logs, webhooks
from webapp.views.guard import here, own_path
from webapp.views.shared import said, to
from webapp.views.webhook_listing import ago
from webapp.views.webhooks import lands_on_the_webhook

bp = Blueprint("webhook_logs", __name__, url_prefix="/webhooks/<uuid:webhook_id>")

# So many digits has a moment in an address, in seconds.
_LONGEST: Final = 12


@bp.get("/log/<uuid:log_id>")
def show(webhook_id: uuid.UUID, log_id: uuid.UUID):
    entry = _entry(webhook_id, log_id)
    return render_template("webhooks/entry.html", body=webhook_logs.body(entry["log"]), **entry)


@bp.get("/log/<uuid:log_id>/tries")
def tries(webhook_id: uuid.UUID, log_id: uuid.UUID):
    """The fragment that asks for itself while a try is due."""
    return render_template("webhooks/tries.html", **_entry(webhook_id, log_id))


@bp.post("/log/<uuid:log_id>/replay")
@lands_on_the_webhook
def replay(webhook_id: uuid.UUID, log_id: uuid.UUID):
    webhook_logs.replay(here().tenant.id, webhook_id, log_id, user_id=here().user.id)
    said(_("The event is posted again."))
    if back := own_path(request.form.get("back")):
        return redirect(back, 303)
    return to("webhook_logs.show", webhook_id=webhook_id, log_id=log_id)


@bp.post("/waiting")
@lands_on_the_webhook
def post_waiting(webhook_id: uuid.UUID):
    count = webhook_logs.post_waiting(here().tenant.id, webhook_id, user_id=here().user.id)
    said(
        ngettext("One event is posted now.", "%(num)s events are posted now, the oldest first.", count)
        if count
        else _("Nothing waits any more.")
    )
    return to("webhooks.show", webhook_id=webhook_id)


@bp.get("/replay")
def ask_replay(webhook_id: uuid.UUID):
    """How many would be posted again, before it is done."""
    webhook = webhooks.get(here().tenant.id, webhook_id)
    span = request.args.get("since", "day")
    since = ago(span) or datetime.now(UTC) - webhook_logs.REPLAYED
    return render_template(
        "webhooks/replay.html",
        webhook=webhook,
        span=span,
        since=since,
        most=webhook_logs.MOST_REPLAYED,
        count=webhook_logs.failed_since(webhook.tenant_id, webhook.id, since),
    )


@bp.post("/replay")
@lands_on_the_webhook
def replay_failed(webhook_id: uuid.UUID):
    since = _moment(request.form.get("since", ""))
    count = webhook_logs.replay_failed(here().tenant.id, webhook_id, since, user_id=here().user.id)
    said(
        ngettext("One event is posted again.", "%(num)s events are posted again.", count)
        if count
        else _("Nothing had failed that could be posted again.")
    )
    return to("webhooks.show", webhook_id=webhook_id)


def _moment(seconds: str) -> datetime:
    """The moment that was confirmed; nonsense is now, since which nothing has failed."""
    known = seconds.isascii() and seconds.isdigit() and len(seconds) < _LONGEST
    return datetime.fromtimestamp(int(seconds), UTC) if known else datetime.now(UTC)


def _entry(webhook_id: uuid.UUID, log_id: uuid.UUID) -> dict[str, Any]:
    webhook = webhooks.get(here().tenant.id, webhook_id)
    entry = webhook_logs.get(webhook.tenant_id, webhook.id, log_id)
    return {
        "webhook": webhook,
        "log": entry.log,
        "attempts": entry.attempts,
        "outcome": webhook_logs.outcome(entry.log),
        "may_be_replayed": webhook_logs.may_be_replayed(entry.log),
        "next_try": webhook_logs.next_try(webhook, entry.log),
        "is_due": webhook_logs.is_due(entry.log),
        "kind": EVENTS.get(entry.log.event),
    }
