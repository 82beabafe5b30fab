"""The wizard: name and number, audience, message, schedule, review. Each step is saved by itself."""

import uuid
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from webapp.services.campaigns import drafts
from webapp.views import message_text
from webapp.views.campaigns import beside, progress, reviewing
from webapp.views.campaigns.blueprint import bp, lands_on_the_campaign
from webapp.views.campaigns.steps import audience, message, number, schedule
from webapp.views.guard import here, is_htmx
from webapp.views.shared import attempt, said, to

STEPS: dict[str, Any] = {"number": number, "audience": audience, "message": message, "schedule": schedule}
# What a form carries that is sent to be answered, not to be saved.
PARTS = frozenset({"preview", "find", "add", "drop"})


@bp.get("/new")
def new():
    return _first(number.form())


@bp.post("/new")
def create():
    form = number.form()
    campaign = attempt(form, lambda: number.create(form))
    return _first(form, 422) if campaign is None else _onward(campaign, "number")


@bp.get("/<uuid:campaign_id>/edit/<any(number, audience, message, schedule, review):step>")
@lands_on_the_campaign
def step(campaign_id: uuid.UUID, step: str):
    campaign = drafts.get(here().tenant.id, campaign_id)
    if step == "review":
        return reviewing.page(campaign)
    return _page(campaign, step, STEPS[step].form(campaign))


@bp.post("/<uuid:campaign_id>/edit/<any(number, audience, message, schedule):step>")
@lands_on_the_campaign
def save_step(campaign_id: uuid.UUID, step: str):
    campaign, room = drafts.get(here().tenant.id, campaign_id), STEPS[step]
    form = room.form(campaign)
    if PARTS & set(request.form):
        return _part(campaign, step, form)
    saved = attempt(form, lambda: room.save(campaign, form))
    return _page(campaign, step, form, 422) if saved is None else _onward(saved, step)


def _first(form: Any, status: int = 200):
    page = {"campaign": None, "form": form, "steps": progress.steps(None, "number"), "back": None}
    return render_template("campaigns/number.html", **page, **number.around(None, form)), status


def _page(campaign: Any, step: str, form: Any, status: int = 200):
    page = {
        "campaign": campaign,
        "form": form,
        "steps": progress.steps(campaign, step),
        "back": progress.before(step),
    }
    return render_template(
        f"campaigns/{step}.html", **page, **beside.around(campaign), **STEPS[step].around(campaign, form)
    ), status


def _part(campaign: Any, step: str, form: Any):
    if not is_htmx():
        return _page(campaign, step, form)
    if message_text.turns_the_page():
        return message_text.fragments(**beside.around(campaign))
    return STEPS[step].part(campaign, form)


def _onward(campaign: Any, step: str):
    """To the next step, or away if that was asked for: the draft waits in the list."""
    if request.form.get("then") == "leave":
        said(_("The draft is saved."))
        return to("campaigns.index")
    return to("campaigns.step", campaign_id=campaign.id, step=progress.after(step))
