"""Standing: how numbers and whole accounts are getting on with the provider, and what that stops."""

import logging
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from webapp.db import db
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.errors import PAUSING, THROTTLING, ErrorClass
from webapp.providers.news import AccountEffect, AccountNews, NumberQuality, NumberTrouble, TemplateNews
from webapp.services import audit
from webapp.services.campaigns import stops
from webapp.services.receiving import templates
from webapp.services.receiving.reading import Standing

log = logging.getLogger(__name__)

# The provider's own code for an account that may not send; pages have its words.
ACCOUNT_LOCKED: Final = 131031
# What these say of a number's quality until its next check (whatsapp-wire.md B.5).
_QUALITY_OF_EVENT: Final = {"FLAGGED": "RED", "UNFLAGGED": "UNKNOWN"}


@dataclass(frozen=True, slots=True)
class Stop:
    """An error that asks for more than its own row: the campaign, the number or its whole account pauses or slows."""

    code: int
    cls: ErrorClass
    instance_id: uuid.UUID
    campaign_id: uuid.UUID | None = None


def stop(tenant_id: uuid.UUID, found: Collection[Stop]) -> None:
    """Pause what these errors stop. Commits each, because the gate of every sender waits for it."""
    for one in found:
        stops.by_error(tenant_id, one.code, one.cls, instance_id=one.instance_id, campaign_id=one.campaign_id)


def apply(tenant_id: uuid.UUID, told: Sequence[tuple[Standing, list[WhatsAppInstance]]]) -> None:
    """Act on news of templates, numbers and accounts. Commits each."""
    for news, numbers in told:
        if isinstance(news, TemplateNews):
            templates.apply(tenant_id, news, numbers)
        elif isinstance(news, NumberQuality):
            _quality(tenant_id, news, numbers)
        elif isinstance(news, NumberTrouble):
            _trouble(tenant_id, news, numbers)
        else:
            _account(tenant_id, news, numbers)
        db.session.commit()


def _trouble(tenant_id: uuid.UUID, news: NumberTrouble, numbers: Sequence[WhatsAppInstance]) -> None:
    for error in news.errors:
        log.warning("number_trouble", extra={"instance": str(numbers[0].id), "code": error.code})
    stop(
        tenant_id, {Stop(e.code, e.cls, numbers[0].id) for e in news.errors if e.cls in PAUSING | THROTTLING}
    )


def _quality(tenant_id: uuid.UUID, news: NumberQuality, numbers: Sequence[WhatsAppInstance]) -> None:
    ours = [number for number in numbers if number.phone_number.lstrip("+") == news.display_number]
    _note_limit(ours, news.limit)
    for number in ours:
        number.quality = _QUALITY_OF_EVENT.get(news.event, number.quality)
        audit.record(tenant_id, None, "number_quality", number.id, event=news.event, limit=news.limit)


def _account(tenant_id: uuid.UUID, news: AccountNews, numbers: Sequence[WhatsAppInstance]) -> None:
    log.info("account_news", extra={"field": news.field, "event": news.event, "effect": news.effect.value})
    _note_limit(numbers, news.limit)
    if news.effect is not AccountEffect.INFORM:
        for number in numbers:
            audit.record(tenant_id, None, "account_news", number.id, event=news.event, details=news.details)
    db.session.commit()
    if news.effect is AccountEffect.PAUSE:
        stops.stop_numbers(tenant_id, [number.id for number in numbers], ACCOUNT_LOCKED)


def _note_limit(numbers: Sequence[WhatsAppInstance], limit: int | None) -> None:
    """How many people a day these may begin to talk to, where their check writes it too."""
    for number in numbers if limit is not None else ():
        # Callbacks that are being stored refer to the number, which is no reason to wait for each other.
        db.session.refresh(number, with_for_update={"key_share": True})
        number.check_result = {**number.check_result, "messaging_limit": limit}
