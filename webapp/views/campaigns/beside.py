"""What stands beside every step: the phone, how many people the campaign reaches, and whom it leaves out."""

import uuid
from typing import Any

from flask import render_template, request

from webapp.domain import placeholders
from webapp.domain.errors import N_, Invalid, NotFound
from webapp.services import audience, instance_checks
from webapp.services.audience import REASONS, TWICE
from webapp.services.campaigns import drafts, listing, review
from webapp.services.previews import EVERYBODY
from webapp.views import message_text
from webapp.views.campaigns import typed
from webapp.views.campaigns.blueprint import bp
from webapp.views.guard import here

# One word for the line, one for the head of the list, and what can be done.
LEFT_OUT: dict[str, tuple[str, str, str]] = {
    "deleted": (
        N_("in the trash"),
        N_("In the trash"),
        N_("Restore them under Contacts if they shall get it."),
    ),
    "opted_out": (N_("opted out"), N_("Opted out"), N_("They said no, so nothing is sent to them.")),
    "inactive": (
        N_("switched off"),
        N_("Switched off"),
        N_("Switch them on under Contacts if they shall get it."),
    ),
    "no_number": (
        N_("without a phone number"),
        N_("Without a phone number"),
        N_("WhatsApp shows only their user name, and nothing can be sent to that."),
    ),
    "doubtful": (
        N_("with a number that may not exist"),
        N_("With a number that may not exist"),
        N_("Correct the number under Contacts, or send to these numbers too."),
    ),
    "missing_value": (
        N_("without a value that the message needs"),
        N_("Without a value that the message needs"),
        N_("Fill it in under Contacts, or say in the message what to write instead."),
    ),
    TWICE: (
        N_("repeated, in more than one group"),
        N_("In more than one of the groups"),
        N_("They get the message once."),
    ),
}


def around(campaign: Any, *, anew: bool = False) -> dict[str, Any]:
    """For the fragment `preview`: the message as the open form has it, in the hands of somebody who gets it.

    `anew` when other people are chosen: whoever held the phone until now may not be among them.
    """
    text, sender, chosen = typed.text_of(campaign), review.number_of(campaign), typed.audience_of(campaign)
    return {
        "url": request.path,
        "form_id": "step-form",
        "sender": sender and (sender.check_result.get("verified_name") or sender.name),
        "text": text,
        **message_text.phone(
            text.content, text.defaults, chosen if chosen.is_somebody else EVERYBODY, anew=anew
        ),
    }


def reach(campaign: Any) -> dict[str, Any]:
    """For the fragment `reach`: the counts as the open form stands; none while nobody is chosen or the text is bad."""
    chosen, text = typed.audience_of(campaign), typed.text_of(campaign)
    try:
        message = placeholders.compile(text.content)
    except Invalid:
        return {"reach": None, "text": text}
    counted = (
        audience.reach(campaign.tenant_id, chosen, message, dict(text.defaults))
        if chosen.is_somebody
        else None
    )
    return {"reach": counted, "text": text, "left_out": LEFT_OUT, "is_simulated": is_simulated(campaign)}


def is_simulated(campaign: Any) -> bool:
    """Whether the chosen number only seems to send."""
    number = review.number_of(campaign)
    return number is not None and instance_checks.is_simulated(number)


@bp.post("/<uuid:campaign_id>/audience-count")
def audience_count(campaign_id: uuid.UUID):
    """How many an open step reaches, and while people are chosen, the phone in the hands of one of them."""
    campaign = drafts.get(here().tenant.id, campaign_id)
    phone = around(campaign, anew=True) if "recipient_type" in request.form else None
    return render_template("campaigns/counted.html", campaign=campaign, **reach(campaign), phone=phone)


@bp.get("/<uuid:campaign_id>/left-out/<reason>")
def left_out(campaign_id: uuid.UUID, reason: str):
    return _left_out(campaign_id, reason, "campaigns/left_out.html")


@bp.post("/<uuid:campaign_id>/left-out/<reason>")
def left_out_typed(campaign_id: uuid.UUID, reason: str):
    """The same for what is not saved yet: the list inside the dialog of a step."""
    return _left_out(campaign_id, reason, "campaigns/left_out_people.html")


def _unbegun(campaign_id: uuid.UUID) -> Any:
    campaign = listing.get(here().tenant.id, campaign_id)
    return campaign if campaign.status == "scheduled" else drafts.get(campaign.tenant_id, campaign.id)


def _left_out(campaign_id: uuid.UUID, reason: str, template: str):
    if reason not in (*REASONS, TWICE):
        raise NotFound
    campaign = _unbegun(campaign_id)
    text = typed.text_of(campaign)
    people = audience.left_out(
        campaign.tenant_id,
        typed.audience_of(campaign),
        placeholders.compile(text.content),
        dict(text.defaults),
        reason,
    )
    return render_template(
        template, campaign=campaign, people=people, reason=reason, words=LEFT_OUT[reason], most=200
    )
