"""Recipients as programs read them: row by row in the order of sending, by status, and all as a file."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from webapp.db import act_for, db
from webapp.domain import as_json, csv_export
from webapp.models.campaigns import Campaign
from webapp.models.recipients import Recipient
from webapp.services.campaigns import listing
from webapp.services.recipients import LOOK, on_the_wire

# A window on the wire is open for seconds: a row is sending while it is pending and in one.
_SENDING: Final = "sending"
_ROWS_AT_ONCE: Final = 1_000
_COLUMNS: Final = (
    "id", "contactId", "phoneNumber", "status", "sentAt", "deliveredAt", "readAt", "failedAt", "errorCode",
    "errorMessage", "messageId",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Some recipients as they are told, and the place in the campaign to go on from; None at the end."""

    items: list[dict[str, Any]]
    after: int | None


def described(row: Recipient, status: str) -> dict[str, Any]:
    """The recipient as the API tells it."""
    return {
        "id": str(row.id),
        "contactId": as_json.key(row.contact_id),
        "phoneNumber": row.phone_number,
        "status": status,
        "sentAt": as_json.moment(row.sent_at),
        "deliveredAt": as_json.moment(row.delivered_at),
        "readAt": as_json.moment(row.read_at),
        "failedAt": as_json.moment(row.failed_at),
        "errorCode": row.error_code,
        "errorMessage": row.error_message,
        "messageId": row.message_id,
    }


def listed(
    tenant_id: uuid.UUID, campaign_id: uuid.UUID, *, status: str = "", after: int = 0, limit: int = 50
) -> Rows:
    """Recipients from a place in the campaign on. One look goes so far and no farther: it may find few, or none,
    and still say where to go on."""
    campaign = listing.get(tenant_id, campaign_id)
    if campaign.first_number is None:
        return Rows([], None)
    start, last = campaign.first_number + after, campaign.first_number + campaign.total_recipients - 1
    end = min(last, start + LOOK - 1)
    rows = _rows(campaign, status, start, end, limit + 1)
    is_full = len(rows) > limit
    items = _told(campaign, rows[:limit], status)
    reached = rows[limit - 1].number if is_full else end
    return Rows(items, reached + 1 - campaign.first_number if reached < last else None)


def as_csv(tenant_id: uuid.UUID, campaign_id: uuid.UUID, *, status: str = "") -> Iterator[str]:
    """All of them as the lines of a CSV file; a generator that is read after the answer has begun."""
    listing.get(tenant_id, campaign_id)
    return _lines(tenant_id, campaign_id, status)


def _lines(tenant_id: uuid.UUID, campaign_id: uuid.UUID, status: str) -> Iterator[str]:
    act_for(tenant_id)
    phone_column = {_COLUMNS.index("phoneNumber")}
    yield csv_export.BYTE_ORDER_MARK
    yield from csv_export.lines([_COLUMNS])
    after: int | None = 0
    while after is not None:
        found = listed(tenant_id, campaign_id, status=status, after=after, limit=_ROWS_AT_ONCE)
        # A slow reader must not hold a connection.
        db.session.rollback()
        cells = ([_cell(told[column]) for column in _COLUMNS] for told in found.items)
        yield from csv_export.lines(cells, phone_column)
        after = found.after


def _rows(campaign: Campaign, status: str, start: int, end: int, most: int) -> list[Recipient]:
    query = select(Recipient).where(
        Recipient.tenant_id == campaign.tenant_id,
        Recipient.campaign_id == campaign.id,
        Recipient.number.between(start, end),
    )
    if status:
        query = query.where(Recipient.status == ("pending" if status == _SENDING else status))
    return list(db.session.scalars(query.order_by(Recipient.number).limit(most)))


def _told(campaign: Campaign, rows: Sequence[Recipient], status: str) -> list[dict[str, Any]]:
    wire = on_the_wire(campaign, [row.number for row in rows if row.status == "pending"])
    told = [described(row, _SENDING if row.number in wire else row.status) for row in rows]
    return [one for one in told if not status or one["status"] == status]


def _cell(value: object) -> str:
    return "" if value is None else str(value)
