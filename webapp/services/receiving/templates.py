"""Templates: which of those approved at the provider may be sent now, and what waits until they may again."""

import logging
import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from webapp.db import db
from webapp.domain.errors import Refusal
from webapp.models.campaigns import Campaign
from webapp.models.message_templates import MessageTemplate
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.news import TemplateNews
from webapp.services.campaigns import moves
from webapp.services.campaigns.stops import reason_of
from webapp.services.events import emit
from webapp.services.message_templates import described

log = logging.getLogger(__name__)

# The provider's own codes for a message whose template may not be sent; pages have their words.
_CODES: Final = {"PAUSED": 132015, "DISABLED": 132016}
_NOT_APPROVED: Final = 132001
# Says something about a template that may still be sent.
_ONLY_A_WARNING: Final = ("FLAGGED",)


def apply(tenant_id: uuid.UUID, news: TemplateNews, numbers: Sequence[WhatsAppInstance]) -> None:
    """Note what a template may do now, and pause the campaigns that send it from these numbers if it may not.

    A template is known by its name and language; the tenant's accounts share their list of templates."""
    log.info("template_news", extra={"kind": news.kind, "event": news.event})
    if news.kind == "status" and news.event not in _ONLY_A_WARNING:
        _note(tenant_id, news, provider_status="APPROVED" if news.sendable else news.event)
    elif news.kind == "category":
        _note(tenant_id, news, category=news.event)
    db.session.commit()
    if news.sendable is False:
        _pause(tenant_id, news, [number.id for number in numbers])


def _note(tenant_id: uuid.UUID, news: TemplateNews, **columns: str) -> None:
    query = MessageTemplate.of(tenant_id).where(
        MessageTemplate.kind == "template",
        MessageTemplate.provider_name == news.name,
        MessageTemplate.language.in_(_spellings(news.language)),
    )
    for template in db.session.scalars(query.with_for_update().execution_options(populate_existing=True)):
        changed = {name: value for name, value in columns.items() if getattr(template, name) != value}
        for name, value in changed.items():
            setattr(template, name, value)
        if changed:
            emit(tenant_id, "template_updated", template.id, described(template))


def _pause(tenant_id: uuid.UUID, news: TemplateNews, instance_ids: Sequence[uuid.UUID]) -> None:
    reason = reason_of(_CODES.get(news.event, _NOT_APPROVED))
    sending = select(Campaign.id).where(
        Campaign.tenant_id == tenant_id,
        Campaign.deleted_at.is_(None),
        Campaign.status == "running",
        Campaign.whatsapp_instance_id.in_(instance_ids),
        Campaign.message_template["name"].astext == news.name,
        Campaign.message_template["language"].astext.in_(_spellings(news.language)),
    )
    for campaign_id in db.session.scalars(sending).all():
        try:
            moves.pause(tenant_id, campaign_id, reason=reason)
        except Refusal:  # a person was quicker
            db.session.rollback()


def _spellings(language: str) -> tuple[str, str]:
    """Callbacks write en-US at times; what we keep came from the list, which writes en_US."""
    return (language, language.replace("_", "-"))
