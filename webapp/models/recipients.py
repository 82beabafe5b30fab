"""Campaign recipients: one contact inside one campaign, as it was when the campaign was planned."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, Index, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

import webapp.models.contacts  # noqa: F401  # the table that recipients refer to is known wherever they are
from webapp.domain.statuses import STORED_RECIPIENT_STATUSES
from webapp.models.base import Json, Model, OfTenant, one_of


class Recipient(OfTenant, Model):
    """Keyed by its number: dense over the installation, given once, the range that windows are recorded by.

    No index holds a column that a send or a status changes, so that those updates stay in the page (HOT).
    """

    __tablename__ = "campaign_recipients"
    __table_args__ = (
        one_of("status", STORED_RECIPIENT_STATUSES),
        ForeignKeyConstraint(
            ["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"], ondelete="CASCADE"
        ),
        # The snapshot outlives the contact, else counts and rows would part.
        ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            ondelete="SET NULL (contact_id)",
        ),
        # Contact before campaign: a fresh campaign has no statistics, and a campaign-first key tempts the planner.
        Index("campaign_recipients_once", "tenant_id", "contact_id", "campaign_id", unique=True),
        {"postgresql_with": {"fillfactor": 40}},
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, server_default=text("uuidv7()"))
    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    contact_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    phone_number: Mapped[str] = mapped_column(Text)
    phone_key: Mapped[str] = mapped_column(Text)
    # The values for the placeholders, as they were at the plan.
    message_data: Mapped[Json]
    status: Mapped[str] = mapped_column(Text, server_default=text("'pending'"))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    failed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error_code: Mapped[int | None] = mapped_column(Integer)
    error_message: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str | None] = mapped_column(Text)
