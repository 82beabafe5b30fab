"""Recipients: the people of one campaign, by where they stand."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from webapp.db import db
from webapp.domain import ids
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.recipients import Recipient
from webapp.models.sending import SendRetry, SendWindow
from webapp.services.campaigns import reasons
from webapp.services.campaigns.figures import SEGMENTS
from webapp.services.campaigns.reasons import Reason

PAGE: Final = 20
# Numbers that one look goes through: no index holds a status, so that the engine's updates stay cheap.
LOOK: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Reached:
    """One recipient as the page shows it. `at` is when it came to stand where it stands."""

    number: int
    contact_id: uuid.UUID | None
    name: str
    phone_number: str
    status: str
    at: datetime | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class RecipientPage:
    """Rows by number. `before` and `after` are the numbers to go on from, None where there is nothing;
    `is_partial` says that the look ended before the page was full."""

    items: list[Reached]
    before: int | None
    after: int | None
    is_partial: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which recipients: of a campaign, in a segment, with one of these error codes."""

    campaign: Campaign
    first: int
    last: int
    segment: str
    codes: Sequence[int]


def listed(
    campaign: Campaign,
    *,
    segment: str = "",
    codes: Sequence[int] = (),
    before: int | None = None,
    after: int | None = None,
) -> RecipientPage:
    """One page of a campaign's recipients: all, those of a segment, or those who failed with one of these codes."""
    first = campaign.first_number
    if first is None:
        return RecipientPage([], None, None, False)
    asked = _Asked(campaign, first, first + campaign.total_recipients - 1, segment, codes)
    return _backward(asked, before - 1) if before is not None else _forward(asked, (after or first - 1) + 1)


def _forward(asked: _Asked, start: int) -> RecipientPage:
    start = max(start, asked.first)
    end = min(asked.last, start + LOOK - 1)
    rows = _rows(asked, start, end)
    is_full = len(rows) > PAGE
    rows = rows[:PAGE]
    after = rows[-1].number if is_full else end if end < asked.last else None
    before = (rows[0].number if rows else start) if start > asked.first else None
    return _page(asked.campaign, rows, before, after)


def _backward(asked: _Asked, end: int) -> RecipientPage:
    end = min(end, asked.last)
    start = max(asked.first, end - LOOK + 1)
    rows = _rows(asked, start, end, descending=True)
    is_full = len(rows) > PAGE
    rows = rows[:PAGE][::-1]
    before = rows[0].number if is_full else start if start > asked.first else None
    return _page(asked.campaign, rows, before, rows[-1].number if rows else end)


def _page(
    campaign: Campaign, rows: Sequence[Recipient], before: int | None, after: int | None
) -> RecipientPage:
    wire = on_the_wire(campaign, [row.number for row in rows if row.status == "pending"])
    names = _names(campaign, [row.contact_id for row in rows if row.contact_id])
    items = [_reached(row, names, row.number in wire) for row in rows]
    return RecipientPage(items, before, after, len(rows) < PAGE and after is not None)


def _reached(row: Recipient, names: dict[uuid.UUID, str], is_on_the_wire: bool) -> Reached:
    times = {"read": row.read_at, "delivered": row.delivered_at, "failed": row.failed_at}
    return Reached(
        number=row.number,
        contact_id=row.contact_id if row.contact_id in names else None,
        name=names.get(row.contact_id, "") if row.contact_id else "",
        phone_number=row.phone_number,
        status="sending" if is_on_the_wire else row.status,
        at=times.get(row.status) or row.sent_at,
        reason=reasons.of_recipient(row.status, row.error_code, row.error_message),
    )


def _rows(asked: _Asked, start: int, end: int, *, descending: bool = False) -> list[Recipient]:
    query = Recipient.of(asked.campaign.tenant_id).where(
        Recipient.campaign_id == asked.campaign.id, Recipient.number.between(start, end)
    )
    if asked.codes:
        code = func.coalesce(Recipient.error_code, reasons.OWN)
        query = query.where(Recipient.status == "failed", code.in_(asked.codes))
    elif asked.segment in SEGMENTS:
        query = query.where(Recipient.status.in_(SEGMENTS[asked.segment]))
    order = Recipient.number.desc() if descending else Recipient.number
    return list(db.session.scalars(query.order_by(order).limit(PAGE + 1)))


def _names(campaign: Campaign, contact_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """By contact, those in the trash left out: there is no page to look at them."""
    living = Contact.of(campaign.tenant_id).where(Contact.id.in_(contact_ids))
    return {contact.id: contact.name for contact in db.session.scalars(living)} if contact_ids else {}


def on_the_wire(campaign: Campaign, numbers: Sequence[int]) -> set[int]:
    """Who of these is in an open window: sending is shown, never stored."""
    if not numbers or campaign.started_at is None:
        return set()
    windows = db.session.scalars(
        select(SendWindow.rows).where(
            SendWindow.tenant_id == campaign.tenant_id,
            # Batches are as young as the start of their campaign: so the key finds its windows among millions.
            SendWindow.batch_id >= ids.least_at(campaign.started_at - timedelta(seconds=1)),
            SendWindow.campaign_id == campaign.id,
            SendWindow.settled_at.is_(None),
        )
    ).all()
    return {
        number for number, sent_as in _sent_as(campaign, numbers) if any(sent_as in rows for rows in windows)
    }


def _sent_as(campaign: Campaign, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each number with every number it went, or goes, on the wire under: a retry has one of its own."""
    yield from ((number, number) for number in numbers)
    again = SendRetry.of(campaign.tenant_id).where(
        SendRetry.recipient_number.in_(numbers), SendRetry.number.is_not(None)
    )
    yield from ((retry.recipient_number, retry.number) for retry in db.session.scalars(again) if retry.number)
