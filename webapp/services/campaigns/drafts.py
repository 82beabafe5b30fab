"""Drafts: what the wizard writes, one step at a time, until a person lets the campaign go."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Unpack

from sqlalchemy import func

from webapp.db import db
from webapp.domain.errors import N_, Conflict, NotFound
from webapp.domain.schedule import Words
from webapp.models.campaigns import STEPS, Campaign
from webapp.models.message_templates import MessageTemplate
from webapp.services import audit, locks
from webapp.services.campaigns import draft_fields, listing, moves
from webapp.services.campaigns.draft_fields import Typed
from webapp.services.events import emit

# A campaign in one of these still does something, or will.
_AT_WORK: Final = ("preparing", "running")
_COPIED: Final = (
    "name", "whatsapp_instance_id", "message_template_id", "message", "message_kind", "message_variables", "audience",
    "time_zone",
)  # fmt: skip
# What a copy is called, so that nobody starts the wrong one.
_COPY: Final = " (copy)"


def create(tenant_id: uuid.UUID, **typed: Unpack[Typed]) -> Campaign:
    """Begin a campaign with its name, and whatever else is known of it."""
    columns = draft_fields.clean(tenant_id, {"name": "", **typed})
    return _create(tenant_id, columns | {"wizard_step": draft_fields.step_after(typed)})


def update(tenant_id: uuid.UUID, campaign_id: uuid.UUID, **typed: Unpack[Typed]) -> Campaign:
    """Change a draft. What really changed is told once, and how far the wizard has come is noted."""
    columns = draft_fields.clean(tenant_id, typed)
    return _save(tenant_id, campaign_id, columns, draft_fields.step_after(typed))


def set_number(
    tenant_id: uuid.UUID, campaign_id: uuid.UUID, *, name: str, whatsapp_instance_id: uuid.UUID | None
) -> Campaign:
    """Say what the campaign is called and which number sends it."""
    return update(tenant_id, campaign_id, name=name, whatsapp_instance_id=whatsapp_instance_id)


def set_audience(
    tenant_id: uuid.UUID,
    campaign_id: uuid.UUID,
    *,
    recipient_type: str,
    recipient_ids: Sequence[uuid.UUID] = (),
    exclude_doubtful: bool = False,
) -> Campaign:
    """Choose who gets it: groups, contacts (at most 1,000), or all."""
    return update(
        tenant_id,
        campaign_id,
        recipient_type=recipient_type,
        recipient_ids=recipient_ids,
        exclude_doubtful=exclude_doubtful,
    )


def set_message(
    tenant_id: uuid.UUID,
    campaign_id: uuid.UUID,
    *,
    message: str = "",
    variables: Mapping[str, str] | None = None,
    message_template_id: uuid.UUID | None = None,
) -> Campaign:
    """Choose a template, or write a text with a default for each of its placeholders."""
    return update(
        tenant_id,
        campaign_id,
        message=message,
        variables=variables or {},
        message_template_id=message_template_id,
    )


def set_schedule(
    tenant_id: uuid.UUID, campaign_id: uuid.UUID, *, local: datetime | None, time_zone: str | None = None
) -> tuple[Campaign, Words | None]:
    """Say when it starts: None is as soon as it is let go. Also returns a note about a change of the clocks."""
    columns, note = draft_fields.when(tenant_id, local, time_zone)
    return _save(tenant_id, campaign_id, columns, "review"), note


def remove(tenant_id: uuid.UUID, campaign_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Campaign:
    """Move a campaign to the trash. One that waits for its time becomes a draft, so that it never starts there."""
    campaign = _held(tenant_id, campaign_id)
    if campaign.status in _AT_WORK:
        raise Conflict(N_("This campaign is being sent. Cancel it first, or let it finish."))
    if campaign.status == "scheduled":
        moves.withdraw(campaign)
    campaign.deleted_at = func.now()
    db.session.flush()
    db.session.refresh(campaign)
    emit(tenant_id, "campaign_deleted", campaign.id, moves.described(campaign))
    audit.record(tenant_id, user_id, "campaign_deleted", campaign.id)
    db.session.commit()
    return campaign


def restore(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """Bring a campaign back from the trash as it was."""
    campaign = listing.get(tenant_id, campaign_id, deleted=True)
    campaign.deleted_at = None
    emit(tenant_id, "campaign_created", campaign.id, moves.described(campaign))
    db.session.commit()
    return campaign


def copy(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """A new draft that says the same to the same people. Who is among them then is found out when it starts."""
    original = listing.get(tenant_id, campaign_id)
    columns = {column: getattr(original, column) for column in _COPIED}
    columns["name"] = original.name[: draft_fields.LONGEST_NAME - len(_COPY)] + _COPY
    if not _is_usable(tenant_id, original.message_template_id):
        columns |= {"message_template_id": None, "message_kind": "text"}
    return _create(
        tenant_id, columns | {"wizard_step": "review" if original.message else original.wizard_step}
    )


def get(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """The draft. Raises Conflict when it was let go already."""
    return _draft(listing.get(tenant_id, campaign_id))


def held(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """The draft with its row locked until the transaction ends."""
    return _draft(_held(tenant_id, campaign_id))


def _create(tenant_id: uuid.UUID, columns: dict[str, Any]) -> Campaign:
    campaign = Campaign(tenant_id=tenant_id, **columns)
    db.session.add(campaign)
    db.session.flush()
    db.session.refresh(campaign)
    emit(tenant_id, "campaign_created", campaign.id, moves.described(campaign))
    db.session.commit()
    return campaign


def _save(tenant_id: uuid.UUID, campaign_id: uuid.UUID, columns: dict[str, Any], reached: str) -> Campaign:
    campaign = held(tenant_id, campaign_id)
    changed = {column: value for column, value in columns.items() if getattr(campaign, column) != value}
    for column, value in changed.items():
        setattr(campaign, column, value)
    campaign.wizard_step = max(campaign.wizard_step, reached, key=STEPS.index)
    if changed:
        db.session.flush()
        db.session.refresh(campaign)
        emit(tenant_id, "campaign_updated", campaign.id, moves.described(campaign))
    db.session.commit()
    return campaign


def _held(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    campaign = locks.held(Campaign.of(tenant_id).where(Campaign.id == campaign_id))
    if campaign is None:
        raise NotFound(N_("There is no such campaign."))
    return campaign


def _draft(campaign: Campaign) -> Campaign:
    if campaign.status != "draft":
        raise Conflict(N_("This campaign was started already. Make a copy of it to change something."))
    return campaign


def _is_usable(tenant_id: uuid.UUID, template_id: uuid.UUID | None) -> bool:
    query = MessageTemplate.of(tenant_id).where(MessageTemplate.id == template_id, MessageTemplate.is_active)
    return template_id is not None and db.session.scalar(query) is not None
