"""The list of campaigns, and what a row of it can do: copy, trash, back."""

import uuid

from flask import flash, render_template, request
from flask_babel import gettext as _

from webapp.domain.errors import Conflict
from webapp.services.campaigns import drafts, listing
from webapp.services.campaigns.figures import segments
from webapp.views.campaigns.blueprint import bp
from webapp.views.guard import here
from webapp.views.shared import asked_keys, page_links, said, to, words


@bp.get("")
def index():
    asked = {"q": request.args.get("q", ""), "status": request.args.get("status", "")}
    trash = "trash" in request.args
    page = listing.listed(here().tenant.id, **asked, deleted=trash, **asked_keys())
    return render_template(
        "campaigns/index.html",
        page=page,
        in_trash=trash,
        numbers=listing.numbers_of(here().tenant.id, page.items),
        bars={campaign.id: segments(campaign) for campaign in page.items},
        **asked,
        **page_links("campaigns.index", page, **asked, trash=trash),
    )


@bp.post("/<uuid:campaign_id>/copy")
def copy(campaign_id: uuid.UUID):
    draft = drafts.copy(here().tenant.id, campaign_id)
    said(_("This is the copy. Nothing is sent before you start it."))
    return to("campaigns.step", campaign_id=draft.id, step="number")


@bp.post("/<uuid:campaign_id>/delete")
def delete(campaign_id: uuid.UUID):
    try:
        campaign = drafts.remove(here().tenant.id, campaign_id, here().user.id)
    except Conflict as refusal:
        flash(words(refusal), "warn")
        return to("campaigns.show", campaign_id=campaign_id)
    said(
        _("%(name)s is in the trash.", name=campaign.name), undo="campaigns.restore", campaign_id=campaign_id
    )
    return to("campaigns.index")


@bp.post("/<uuid:campaign_id>/restore")
def restore(campaign_id: uuid.UUID):
    campaign = drafts.restore(here().tenant.id, campaign_id)
    said(_("%(name)s is back.", name=campaign.name))
    return to("campaigns.show", campaign_id=campaign_id)
