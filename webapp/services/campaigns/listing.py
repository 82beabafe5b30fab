"""Campaigns as pages and the engine look them up."""

import uuid
from collections.abc import Iterable
from typing import Unpack

from sqlalchemy import select

from webapp.db import act_for, db
from webapp.domain.errors import N_, NotFound
from webapp.models.campaigns import Campaign
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services.pages import Keys, Page, has_part, page


def get(tenant_id: uuid.UUID, campaign_id: uuid.UUID, *, deleted: bool = False) -> Campaign:
    campaign = db.session.scalar(Campaign.of(tenant_id, deleted=deleted).where(Campaign.id == campaign_id))
    if campaign is None:
        raise NotFound(N_("There is no such campaign."))
    return campaign


def listed(
    tenant_id: uuid.UUID, *, q: str = "", status: str = "", deleted: bool = False, **keys: Unpack[Keys]
) -> Page[Campaign]:
    """One page of campaigns, newest first; `q` is a part of the name, `status` one status."""
    query = Campaign.of(tenant_id, deleted=deleted)
    if q.strip():
        query = query.where(has_part(Campaign.name, q))
    if status:
        query = query.where(Campaign.status == status)
    return page(query, Campaign.id, **keys)


def numbers_of(tenant_id: uuid.UUID, campaigns: Iterable[Campaign]) -> dict[uuid.UUID, WhatsAppInstance]:
    """The numbers that these campaigns are sent from, deleted ones too, by their id."""
    ids = {campaign.whatsapp_instance_id for campaign in campaigns} - {None}
    query = select(WhatsAppInstance).where(
        WhatsAppInstance.tenant_id == tenant_id, WhatsAppInstance.id.in_(ids)
    )
    return {number.id: number for number in db.session.scalars(query)}


def with_number(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> tuple[Campaign, WhatsAppInstance] | None:
    """A campaign and the number it is sent from, for a worker; None when either is gone."""
    act_for(tenant_id)
    pair = db.session.execute(
        Campaign.of(tenant_id)
        .add_columns(WhatsAppInstance)
        .join(WhatsAppInstance, WhatsAppInstance.id == Campaign.whatsapp_instance_id)
        .where(
            Campaign.id == campaign_id,
            WhatsAppInstance.tenant_id == tenant_id,
            WhatsAppInstance.deleted_at.is_(None),
        )
    ).one_or_none()
    db.session.commit()
    return (pair[0], pair[1]) if pair else None
