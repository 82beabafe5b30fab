"""Plan: who gets the message, written down in one statement; a crash leaves nothing and the next start plans anew."""

import logging
import uuid
from typing import Any, Final

from sqlalchemy import func, literal, select, text
from sqlalchemy.dialects.postgresql import insert

from webapp import broker
from webapp.db import act_for, db, on_commit
from webapp.domain import placeholders
from webapp.domain.errors import Refusal
from webapp.models.campaigns import Campaign
from webapp.models.recipients import Recipient
from webapp.sending import statistics
from webapp.services import audience
from webapp.services.campaigns import moves

log = logging.getLogger(__name__)

# Numbers in a batch: what one sender holds a lease on, and what is looked at again after it died.
BATCH: Final = 1000

_BATCHES: Final = text(
    """
insert into send_batches (tenant_id, campaign_id, first_number, next_number, last_number)
select :tenant_id, :campaign_id, n, n, least(n + :size - 1, :last)
from generate_series(cast(:first as bigint), cast(:last as bigint), :size) as n
"""
)


def plan(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> None:
    """Write the recipients of a campaign that is `preparing`, and let it run. Ringing twice plans once."""
    act_for(tenant_id)
    query = Campaign.of(tenant_id).where(Campaign.id == campaign_id, Campaign.status == "preparing")
    campaign = db.session.scalar(query.with_for_update(skip_locked=True))
    if campaign is None:
        db.session.rollback()
        return
    try:
        if campaign.total_recipients == 0:
            _write(campaign)
    except Refusal:
        # It would be refused at every further try: it ends, and its page says that it could not be prepared.
        log.exception("not_planned", extra={"campaign": str(campaign_id)})
        moves.moved(campaign, "failed")
        db.session.commit()
        return
    if campaign.total_recipients:
        moves.moved(campaign, "running")
        on_commit(broker.ring, "send_slice")
    else:
        moves.moved(campaign, "completed", reason="nobody_to_reach")
    db.session.commit()
    statistics.grown(campaign.total_recipients)


def _write(campaign: Campaign) -> None:
    chosen = audience.Audience.of(campaign.audience)
    message = placeholders.compile(campaign.message)
    found = audience.candidates(campaign.tenant_id, chosen, message, campaign.message_variables)
    first, count = _recipients(campaign, found)
    campaign.excluded = _excluded(campaign, chosen, found)
    if not count:
        return
    campaign.first_number, campaign.total_recipients = first, count
    db.session.execute(
        _BATCHES,
        {
            "tenant_id": campaign.tenant_id,
            "campaign_id": campaign.id,
            "first": first,
            "last": first + count - 1,
            "size": BATCH,
        },
    )


def _recipients(campaign: Campaign, found: Any) -> tuple[int, int]:
    """Insert everybody who is reached under numbers in one piece; the first number and how many."""
    reached = select(found).where(found.c.reason.is_(None)).cte("reached").prefix_with("materialized")
    how_many = select(func.count()).select_from(reached).scalar_subquery()
    numbers = select(func.reserve_numbers(func.greatest(how_many, 1)).label("first")).cte("numbers")
    rows = select(
        literal(campaign.tenant_id),
        numbers.c.first + func.row_number().over() - 1,
        literal(campaign.id),
        reached.c.id,
        reached.c.phone_number,
        reached.c.phone_key,
        reached.c.message_data,
    ).select_from(reached.join(numbers, literal(True)))
    columns = [
        "tenant_id",
        "number",
        "campaign_id",
        "contact_id",
        "phone_number",
        "phone_key",
        "message_data",
    ]
    written = insert(Recipient).from_select(columns, rows).returning(Recipient.number).cte("written")
    first, count = db.session.execute(
        select(func.min(written.c.number), func.count()).select_from(written)
    ).one()
    return first, count


def _excluded(campaign: Campaign, chosen: audience.Audience, found: Any) -> dict[str, int]:
    rows = db.session.execute(
        select(found.c.reason, func.count().label("people"))
        .where(found.c.reason.is_not(None))
        .group_by(found.c.reason)
    ).all()
    twice = audience.twice(campaign.tenant_id, chosen)
    counted = {row.reason: row.people for row in rows}
    return counted | ({audience.TWICE: twice} if twice else {})
