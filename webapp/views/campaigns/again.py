"""Sending again, as a person asks for it: a dialog on the campaign's page, a page of its own without script."""

import uuid
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.forms.again import ResendForm, RetryForm
from webapp.services.campaigns import again, figures, listing, reasons
from webapp.views.campaigns.blueprint import bp, lands_on_the_campaign
from webapp.views.guard import here, is_htmx
from webapp.views.shared import attempt, said, to


@bp.get("/<uuid:campaign_id>/retry")
def retry(campaign_id: uuid.UUID):
    return _retry(campaign_id, RetryForm())


@bp.post("/<uuid:campaign_id>/retry")
@lands_on_the_campaign
def retry_failed(campaign_id: uuid.UUID):
    form = RetryForm()
    people = attempt(
        form,
        lambda: again.retry_failed(here().tenant.id, campaign_id, form.codes.data or [], here().user.id),
    )
    if people is None:
        return _retry(campaign_id, form, 422)
    said(ngettext("One person is sent to again.", "%(num)s people are sent to again.", people))
    return to("campaigns.show", campaign_id=campaign_id)


@bp.get("/<uuid:campaign_id>/resend")
def resend(campaign_id: uuid.UUID):
    return _resend(campaign_id, ResendForm())


@bp.post("/<uuid:campaign_id>/resend")
@lands_on_the_campaign
def resend_uncertain(campaign_id: uuid.UUID):
    form = ResendForm()
    people = attempt(
        form,
        lambda: again.resend_uncertain(here().tenant.id, campaign_id, form.typed.data or "", here().user.id),
    )
    if people is None:
        return _resend(campaign_id, form, 422)
    said(
        ngettext(
            "One person is sent to again and may get it twice.",
            "%(num)s people are sent to again and may get it twice.",
            people,
        )
    )
    return to("campaigns.show", campaign_id=campaign_id)


def _retry(campaign_id: uuid.UUID, form: RetryForm, status: int = 200):
    campaign = listing.get(here().tenant.id, campaign_id)
    offers = again.offers(campaign, figures.now(campaign.tenant_id, campaign.id))
    chosen = form.codes.data if status != 200 else [one.code for one in offers if one.is_promising]
    return _shown("retry", campaign, form, status, offers=offers, chosen=chosen or [])


def _resend(campaign_id: uuid.UUID, form: ResendForm, status: int = 200):
    campaign = listing.get(here().tenant.id, campaign_id)
    people = figures.now(campaign.tenant_id, campaign.id).uncertain_count
    return _shown("resend", campaign, form, status, people=people, in_doubt=reasons.UNCERTAIN)


def _shown(name: str, campaign: Any, form: Any, status: int, **told: Any):
    """The form alone for the dialog, else a page around it."""
    in_dialog = is_htmx() and request.headers.get("HX-Target") == "again-form"
    place = f"campaigns/again/{name}_form.html" if in_dialog else f"campaigns/again/{name}.html"
    title = _("Send again to those who failed") if name == "retry" else _("Send again to the uncertain")
    return render_template(place, campaign=campaign, form=form, title=title, **told), status
