"""The review: what a draft still lacks, whom it would reach, and letting it go."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select

from webapp.db import db
from webapp.domain import placeholders
from webapp.domain.errors import N_, Conflict, Invalid
from webapp.models.campaigns import Campaign
from webapp.models.groups import Group
from webapp.models.message_templates import MessageTemplate
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import audience
from webapp.services.audience import Audience, Reach
from webapp.services.campaigns import drafts, moves

# Above so many people the number is typed before they are written to.
TYPED_ABOVE: Final = 1000


@dataclass(frozen=True, slots=True)
class Text:
    """What a campaign says, with the defaults by key, and the template it comes from while that can be chosen."""

    content: str
    defaults: Mapping[str, str]
    template: MessageTemplate | None = None
    is_lost: bool = False
    is_free: bool = True


def text_of(campaign: Campaign) -> Text:
    """A draft says what its template says now; what was started or scheduled says its frozen copy."""
    free = campaign.message_kind == "text"
    if campaign.status != "draft" or campaign.message_template_id is None:
        return Text(campaign.message, campaign.message_variables, is_free=free)
    query = MessageTemplate.of(campaign.tenant_id).where(MessageTemplate.id == campaign.message_template_id)
    template = db.session.scalar(query)
    if template is None or not template.is_active:
        return Text(campaign.message, campaign.message_variables, is_lost=True, is_free=free)
    defaults = placeholders.by_key(template.variables)
    return Text(template.content, defaults, template, is_free=template.kind == "text")


def number_of(campaign: Campaign) -> WhatsAppInstance | None:
    query = WhatsAppInstance.of(campaign.tenant_id).where(
        WhatsAppInstance.id == campaign.whatsapp_instance_id
    )
    number: WhatsAppInstance | None = db.session.scalar(query)
    return number


def reach_of(campaign: Campaign, chosen: Audience | None = None) -> Reach:
    """Whom a draft would reach now, or would with another audience."""
    text = text_of(campaign)
    message = placeholders.compile(text.content)
    return audience.reach(
        campaign.tenant_id, chosen or Audience.of(campaign.audience), message, dict(text.defaults)
    )


def missing(campaign: Campaign) -> list[Invalid]:
    """Everything that keeps a draft from being let go; the field of each is the step that puts it right."""
    checks = (_number(campaign), _audience(campaign), _message(campaign), _schedule(campaign))
    return [refusal for refusal in checks if refusal]


def stamp(campaign: Campaign) -> str:
    """Changes whenever the draft or its template does."""
    template = text_of(campaign).template
    return f"{campaign.updated_at.isoformat()} {template.version if template else ''}"


def launch(
    tenant_id: uuid.UUID,
    campaign_id: uuid.UUID,
    user_id: uuid.UUID | None = None,
    *,
    seen: str | None = None,
    typed: str | None = None,
) -> Campaign:
    """Let a draft go, now or at its time. Of two who do it at once the second is refused.

    Args:
        seen: the stamp of the draft that was looked at; when it has changed since, that is a Conflict.
        typed: the number of people as a person confirmed it, if it was asked for.

    Raises:
        Conflict: it was let go already, or changed since it was looked at.
        Invalid: on the wizard's step that has to be put right, or on `typed`.
    """
    campaign = drafts.held(tenant_id, campaign_id)
    if seen is not None and seen != stamp(campaign):
        raise Conflict(N_("Somebody changed this campaign since you opened this page. Look at it once more."))
    for refusal in missing(campaign):
        raise refusal
    _confirm(reach_of(campaign).reached, typed)
    if campaign.scheduled_at is not None and campaign.time_zone:
        return moves.schedule(tenant_id, campaign_id, campaign.scheduled_at, campaign.time_zone, user_id)
    return moves.start(tenant_id, campaign_id, user_id)


def busy_with(campaign: Campaign) -> int:
    """How many other campaigns share the number's speed at the moment."""
    others = Campaign.of(campaign.tenant_id).where(
        Campaign.whatsapp_instance_id == campaign.whatsapp_instance_id,
        Campaign.status.in_(("preparing", "running")),
        Campaign.id != campaign.id,
    )
    return db.session.scalar(select(func.count()).select_from(others.subquery())) or 0


def _confirm(people: int, typed: str | None) -> None:
    if not people:
        raise Invalid("audience", N_("This campaign would reach nobody. Choose other people."))
    if typed is not None and people > TYPED_ABOVE and "".join(filter(str.isdigit, typed)) != str(people):
        raise Invalid(
            "typed", N_("It reaches %(count)s people now. Type that number to go on."), count=people
        )


def _number(campaign: Campaign) -> Invalid | None:
    number = number_of(campaign)
    if number is None:
        return Invalid("number", N_("Choose the number that sends."))
    if number.status == "paused":
        return Invalid("number", N_("The number is paused. Let it go on under Numbers, or choose another."))
    return None


def _audience(campaign: Campaign) -> Invalid | None:
    chosen = Audience.of(campaign.audience)
    if not chosen.is_somebody:
        return Invalid("audience", N_("Choose who gets this message."))
    if chosen.recipient_type == "groups" and not _living_groups(campaign.tenant_id, chosen):
        return Invalid("audience", N_("The groups were deleted or switched off. Choose others."))
    return None


def _living_groups(tenant_id: uuid.UUID, chosen: Audience) -> bool:
    living = Group.of(tenant_id).where(Group.id.in_(chosen.recipient_ids), Group.is_active)
    return db.session.scalar(living.limit(1)) is not None


def _message(campaign: Campaign) -> Invalid | None:
    text = text_of(campaign)
    if text.is_lost:
        return Invalid("message", N_("The template was deleted or switched off. Choose another message."))
    if not text.content.strip():
        return Invalid("message", N_("Write a message or choose a template."))
    return _broken(text) if text.is_free else None


def _broken(text: Text) -> Invalid | None:
    try:
        placeholders.require_whole("message", text.content)
    except Invalid as refusal:
        return refusal
    return None


def _schedule(campaign: Campaign) -> Invalid | None:
    if campaign.scheduled_at is not None and campaign.scheduled_at <= datetime.now(UTC):
        return Invalid("schedule", N_("The time of the start has passed. Choose another, or start now."))
    return None
