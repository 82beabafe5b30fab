"""Stops: what an error of the provider means for a whole campaign, number or account."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from webapp import broker
from webapp.db import act_for, db
from webapp.domain.errors import Conflict, NotFound
from webapp.models.campaigns import Campaign
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.errors import THROTTLING, ErrorClass
from webapp.services import audit, slowness
from webapp.services.campaigns import moves
from webapp.services.locks import held


def reason_of(code: int) -> str:
    """What paused_reason holds for an error; pages turn it into words by the code."""
    return f"error_{code}"


def by_error(
    tenant_id: uuid.UUID, code: int, cls: ErrorClass, *, instance_id: uuid.UUID, campaign_id: uuid.UUID | None
) -> None:
    """Do what an error asks for beyond its own message: slow the number or its account, or pause the campaign and all
    that send its template, every campaign of the number, or every number of the account."""
    act_for(tenant_id)
    if cls in THROTTLING:
        slow(tenant_id, code, cls, instance_id=instance_id)
    elif cls == ErrorClass.PAUSE_CAMPAIGN and campaign_id is not None:
        _pause(_of_template(tenant_id, campaign_id, instance_id), tenant_id, code)
    elif cls == ErrorClass.PAUSE_NUMBER:
        stop_numbers(tenant_id, [instance_id], code)
    elif cls == ErrorClass.PAUSE_ACCOUNT:
        stop_numbers(tenant_id, _of_account(tenant_id, instance_id), code)


def slow(
    tenant_id: uuid.UUID, code: int, cls: ErrorClass, *, instance_id: uuid.UUID, hold_seconds: float = 0
) -> None:
    """Halve the pace of the number, or of every number of its account, and wait as long as the provider asked."""
    act_for(tenant_id)
    numbers = _of_account(tenant_id, instance_id) if cls == ErrorClass.THROTTLE_APP else []
    db.session.commit()
    slowness.slow_down(broker.redis(), {instance_id, *numbers}, code, hold_seconds)


def stop_numbers(tenant_id: uuid.UUID, instance_ids: Iterable[uuid.UUID], code: int) -> None:
    """Pause numbers and every campaign that runs on them; a person lets them go on."""
    for instance_id in instance_ids:
        instance = held(WhatsAppInstance.of(tenant_id).where(WhatsAppInstance.id == instance_id))
        if instance is None:
            continue
        if instance.status != "paused":
            instance.status = "paused"
            instance.check_result = {**instance.check_result, "stopped_by": reason_of(code)}
            audit.record(tenant_id, None, "number_paused", instance_id, reason=reason_of(code))
        db.session.commit()
        _pause(_running_on(tenant_id, instance_id), tenant_id, code)


def _of_account(tenant_id: uuid.UUID, instance_id: uuid.UUID) -> list[uuid.UUID]:
    """Every number of the same business account in this tenant."""
    account = select(WhatsAppInstance.business_account_id).where(
        WhatsAppInstance.tenant_id == tenant_id, WhatsAppInstance.id == instance_id
    )
    numbers = WhatsAppInstance.of(tenant_id).where(WhatsAppInstance.business_account_id.in_(account))
    return [instance.id for instance in db.session.scalars(numbers)]


def _of_template(tenant_id: uuid.UUID, campaign_id: uuid.UUID, instance_id: uuid.UUID) -> list[uuid.UUID]:
    """This campaign, and what else runs with its template on numbers of the same account: it would end the same way."""
    campaign = db.session.scalar(Campaign.of(tenant_id).where(Campaign.id == campaign_id))
    if campaign is None or campaign.message_kind != "template":
        return [campaign_id]
    template = campaign.message_template
    same = Campaign.of(tenant_id).where(
        Campaign.id != campaign_id,
        Campaign.status == "running",
        Campaign.whatsapp_instance_id.in_(_of_account(tenant_id, instance_id)),
        Campaign.message_template["name"].astext == template.get("name"),
        Campaign.message_template["language"].astext == template.get("language"),
    )
    return [campaign_id, *(other.id for other in db.session.scalars(same))]


def _running_on(tenant_id: uuid.UUID, instance_id: uuid.UUID) -> list[uuid.UUID]:
    running = Campaign.of(tenant_id).where(
        Campaign.whatsapp_instance_id == instance_id, Campaign.status == "running"
    )
    return [campaign.id for campaign in db.session.scalars(running)]


def _pause(campaign_ids: Iterable[uuid.UUID], tenant_id: uuid.UUID, code: int) -> None:
    for campaign_id in campaign_ids:
        try:
            moves.pause(tenant_id, campaign_id, reason=reason_of(code))
        except (Conflict, NotFound):  # a person, or another answer, was quicker; or it is in the trash
            db.session.rollback()
