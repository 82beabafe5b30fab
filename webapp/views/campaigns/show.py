"""One campaign: a draft goes on in the wizard, one that waits shows when, any other shows live how it stands."""

import uuid
from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from webapp.domain import whatsapp_text
from webapp.domain.errors import Invalid, NotFound
from webapp.services.campaigns import listing, moves, review
from webapp.services.live import watch
from webapp.views import live
from webapp.views.campaigns import beside, frames, recipients, reviewing
from webapp.views.campaigns.blueprint import bp, lands_on_the_campaign
from webapp.views.guard import here, is_htmx
from webapp.views.shared import said, to, words

# These show what they will do, not how they stand.
PLANNED = ("draft", "scheduled")


@bp.get("/<uuid:campaign_id>")
def show(campaign_id: uuid.UUID):
    campaign = listing.get(here().tenant.id, campaign_id)
    if campaign.status == "draft" and here().can("campaigns.step"):
        return to("campaigns.step", campaign_id=campaign_id, step=campaign.wizard_step)
    if campaign.status in PLANNED:
        reach = review.reach_of(campaign) if campaign.status == "scheduled" else None
        return render_template(
            "campaigns/planned.html", **reviewing.told(campaign, reach), **beside.around(campaign)
        )
    state = _state(campaign_id)
    people = recipients.around(campaign, state.figures)
    if is_htmx() and request.headers.get("HX-Target") == "recipients":
        return render_template("campaigns/recipients.html", campaign=campaign, **people)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        segments=whatsapp_text.segments(campaign.message),
        socket=live.address(campaign_id),
        **(frames.seen(state) | people),
    )


@bp.get("/<uuid:campaign_id>/frame")
def frame(campaign_id: uuid.UUID):
    """What the socket would send, for pages that have none. A page that shows what will be turns by itself."""
    campaign = listing.get(here().tenant.id, campaign_id)
    if request.args.get("seen") in PLANNED:
        return Response(status=204, headers={} if campaign.status in PLANNED else {"HX-Refresh": "true"})
    return "".join(frames.drawn(_state(campaign_id)).values())


@bp.post("/<uuid:campaign_id>/pause")
@lands_on_the_campaign
def pause(campaign_id: uuid.UUID):
    moves.pause(here().tenant.id, campaign_id, user_id=here().user.id)
    said(_("Paused. Nothing more goes out."))
    return to("campaigns.show", campaign_id=campaign_id)


@bp.post("/<uuid:campaign_id>/resume")
@lands_on_the_campaign
def resume(campaign_id: uuid.UUID):
    try:
        moves.resume(here().tenant.id, campaign_id, here().user.id)
        said(_("The campaign goes on."))
    except Invalid as refusal:
        flash(words(refusal), "bad")
    return to("campaigns.show", campaign_id=campaign_id)


@bp.post("/<uuid:campaign_id>/cancel")
@lands_on_the_campaign
def cancel(campaign_id: uuid.UUID):
    moves.cancel(here().tenant.id, campaign_id, here().user.id)
    said(_("Cancelled. Whoever was not written to yet never will be."))
    return to("campaigns.show", campaign_id=campaign_id)


def _state(campaign_id: uuid.UUID) -> Any:
    seen = watch.load(here().tenant.id, campaign_id)
    if seen is None:
        raise NotFound
    return seen.state()
