"""The review, the start, and what can be done while a campaign waits for its time."""

import uuid
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.errors import Invalid
from webapp.services.audience import Audience
from webapp.services.campaigns import choices, drafts, moves, review
from webapp.views.campaigns import beside, progress, times
from webapp.views.campaigns.blueprint import bp, lands_on_the_campaign
from webapp.views.guard import here
from webapp.views.shared import said, to


def page(campaign: Any, refusal: Invalid | None = None):
    """The last step: everything in a sentence, what is missing, and the start."""
    missing = review.missing(campaign)
    is_counted = not {"audience", "message"} & {lack.field for lack in missing}
    reach = review.reach_of(campaign) if is_counted else None
    return render_template(
        "campaigns/review.html",
        steps=progress.steps(campaign, "review"),
        missing=missing,
        refusal=refusal,
        refused_step=refusal.field if refusal and refusal.field in progress.ORDER else None,
        stamp=review.stamp(campaign),
        look_url=url_for("campaigns.step", campaign_id=campaign.id, step="review"),
        typed=str(reach.reached) if reach and reach.reached > review.TYPED_ABOVE else None,
        **told(campaign, reach),
        **beside.around(campaign),
    ), 422 if refusal else 200


@bp.post("/<uuid:campaign_id>/start")
@lands_on_the_campaign
def start(campaign_id: uuid.UUID):
    tenant_id, typed = here().tenant.id, request.form.get("typed", "")
    try:
        campaign = review.launch(
            tenant_id, campaign_id, here().user.id, seen=request.form.get("seen"), typed=typed
        )
    except Invalid as refusal:
        return page(drafts.get(tenant_id, campaign_id), refusal)
    if campaign.status == "scheduled":
        said(_("The campaign waits for its time. Until then it can be changed."))
    else:
        said(_("The campaign is on its way."))
    return to("campaigns.show", campaign_id=campaign_id)


@bp.post("/<uuid:campaign_id>/unschedule")
@lands_on_the_campaign
def unschedule(campaign_id: uuid.UUID):
    moves.unschedule(here().tenant.id, campaign_id)
    said(_("It is a draft again and does not start by itself."))
    return to("campaigns.step", campaign_id=campaign_id, step="review")


def told(campaign: Any, reach: Any = None) -> dict[str, Any]:
    """What a campaign that has not begun will do: from which number, to whom, what and when."""
    number, chosen = review.number_of(campaign), Audience.of(campaign.audience)
    ids = chosen.recipient_ids
    return {
        "campaign": campaign,
        "number": number,
        "reach": reach,
        "left_out": beside.LEFT_OUT,
        "is_simulated": beside.is_simulated(campaign),
        "chosen": chosen,
        "groups": [group for group in choices.groups(campaign.tenant_id, ids) if group.id in ids],
        "lost": choices.lost_groups(campaign.tenant_id, ids),
        "starts": campaign.scheduled_at and times.clock(campaign.scheduled_at, campaign.time_zone or "UTC"),
        "takes": _takes(campaign, number, reach.reached) if reach and reach.reached and number else None,
        "busy": review.busy_with(campaign) if number else 0,
    }


def _takes(campaign: Any, number: Any, people: int) -> dict[str, str]:
    zone = campaign.time_zone if campaign.scheduled_at else here().tenant.time_zone
    speed = number.messages_per_second
    return {
        "duration": times.duration(people, speed),
        "done_by": times.done_by(campaign.scheduled_at, people, speed, zone),
        "zone": times.shown(zone),
    }
