"""Consequences: what an answer means beyond its own row: a slower number, a pause, an opt-out."""

import time

from webapp.db import act_for
from webapp.domain import phones
from webapp.providers.base import Refused
from webapp.providers.errors import PAUSING, THROTTLING, ErrorClass
from webapp.sending.agenda import Item
from webapp.sending.window import Flown
from webapp.services.campaigns import stops
from webapp.services.receiving import wishes
from webapp.services.receiving.wishes import Wish


def draw(item: Item, flown: Flown) -> None:
    """Act on the refusals of one window; each kind once, however many rows brought it."""
    refusals = [(row, outcome) for row, outcome in flown.outcomes if isinstance(outcome, Refused)]
    waits: dict[tuple[int, ErrorClass], int] = {}
    for _, refused in refusals:
        if refused.cls in THROTTLING:
            kind = (refused.code, refused.cls)
            waits[kind] = max(waits.get(kind, 0), refused.retry_after)
    for (code, cls), wait in waits.items():
        stops.slow(item.tenant_id, code, cls, instance_id=flown.post.instance_id, hold_seconds=wait)
    gone = [row.phone_number for row, refused in refusals if refused.cls == ErrorClass.RECIPIENT_OPTOUT]
    if gone:
        _opt_out(item, gone)
    for code, cls in {(refused.code, refused.cls) for _, refused in refusals if refused.cls in PAUSING}:
        stops.by_error(
            item.tenant_id, code, cls, instance_id=flown.post.instance_id, campaign_id=item.campaign_id
        )


def _opt_out(item: Item, numbers: list[str]) -> None:
    act_for(item.tenant_id)
    now = time.time()
    keys = [phones.parse(number, None).key for number in numbers]
    wishes.heed_all(item.tenant_id, [Wish(key, "provider_error", wants=False, at=now) for key in keys])
