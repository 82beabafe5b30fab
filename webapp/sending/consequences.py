"""Consequences: what an answer means beyond its own row: a slower number, a pause, an opt-out."""

import logging
import uuid
from typing import Final

from webapp.db import act_for
from webapp.domain.errors import Refusal
from webapp.providers.base import THROTTLING, ErrorClass, Refused
from webapp.sending.agenda import Item
from webapp.sending.pace import Pace
from webapp.sending.window import Flown
from webapp.services import contacts, whatsapp_instances
from webapp.services.campaigns import moves

log = logging.getLogger(__name__)

_STOPS_NUMBER: Final = frozenset({ErrorClass.PAUSE_NUMBER, ErrorClass.PAUSE_ACCOUNT})


def draw(item: Item, flown: Flown, pace: Pace) -> None:
    """Act on the refusals of one window; each kind once, however many rows brought it."""
    refusals = [(row, outcome) for row, outcome in flown.outcomes if isinstance(outcome, Refused)]
    if not refusals:
        return
    act_for(item.tenant_id)
    slow = [refused for _, refused in refusals if refused.cls in THROTTLING]
    if slow:
        pace.slow_down(flown.post.instance_id, max(refused.retry_after for refused in slow))
    for row, refused in refusals:
        if refused.cls == ErrorClass.RECIPIENT_OPTOUT:
            contacts.opted_out_by_provider(item.tenant_id, row.phone_number)
    for code, cls in {(refused.code, refused.cls) for _, refused in refusals}:
        _stop(item, flown.post.instance_id, code, cls)


def _stop(item: Item, instance_id: uuid.UUID, code: int, cls: ErrorClass) -> None:
    try:
        if cls in _STOPS_NUMBER:
            whatsapp_instances.pause_by_error(item.tenant_id, instance_id, code)
        if cls in _STOPS_NUMBER or cls == ErrorClass.PAUSE_CAMPAIGN:
            moves.pause(item.tenant_id, item.campaign_id, reason=f"error_{code}")
    except Refusal as refusal:
        # A person, or another window of the same campaign, was quicker.
        log.info("already_stopped", extra={"reason": str(refusal)})
