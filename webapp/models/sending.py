"""The engine's own tables: batches with their lease, windows on the wire, retries (design of the send protocol:
docs/send-protocol.md)."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import INT8RANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Kept, Model, No, Now, OfTenant, one_of


def _of_campaign() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"], ondelete="CASCADE"
    )


class SendBatch(Kept, Model):
    """A range of numbers that one sender at a time may gate. Goes with its campaign."""

    __tablename__ = "send_batches"
    __table_args__ = (
        one_of("kind", ("first", "retry")),
        one_of("status", ("free", "leased", "done")),
        _of_campaign(),
        Index(
            "send_batches_open_idx",
            "tenant_id",
            "campaign_id",
            "first_number",
            postgresql_where=text("status <> 'done'"),
        ),
        {"postgresql_with": {"fillfactor": 50}},
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text, server_default=text("'first'"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'free'"))
    first_number: Mapped[int] = mapped_column(BigInteger)
    last_number: Mapped[int] = mapped_column(BigInteger)
    # The write-ahead mark: numbers below it were recorded as about to go on the wire, the others provably not.
    next_number: Mapped[int] = mapped_column(BigInteger)
    lease_token: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SendWindow(OfTenant, Model):
    """Numbers that went on the wire together. No number is ever recorded twice: the schema refuses an overlap
    over the whole installation, whatever a broken worker does. Goes with its campaign."""

    __tablename__ = "send_windows"
    __table_args__ = (
        _of_campaign(),
        ForeignKeyConstraint(
            ["tenant_id", "batch_id"], ["send_batches.tenant_id", "send_batches.id"], ondelete="CASCADE"
        ),
        ExcludeConstraint(("rows", "&&"), using="gist", name="send_windows_once"),
        {"postgresql_with": {"fillfactor": 50}},
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    first_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    rows: Mapped[Range[int]] = mapped_column(INT8RANGE)
    lease_token: Mapped[uuid.UUID] = mapped_column(Uuid)
    gated_at: Mapped[Now]
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Settled by the sweep because its sender never came back.
    is_abandoned: Mapped[No]


class SendRetry(Kept, Model):
    """A recipient that may be posted again: the last outcome was recorded as not accepted, or a person asked.
    It gets its new number when a sender claims it. Goes with its campaign."""

    __tablename__ = "send_retries"
    __table_args__ = (
        _of_campaign(),
        ForeignKeyConstraint(
            ["tenant_id", "recipient_number"],
            ["campaign_recipients.tenant_id", "campaign_recipients.number"],
            ondelete="CASCADE",
        ),
        Index("send_retries_number", "tenant_id", "number", unique=True),
        Index("send_retries_recipient_idx", "tenant_id", "recipient_number"),
        Index(
            "send_retries_due_idx",
            "tenant_id",
            "campaign_id",
            "not_before",
            postgresql_where=text("number is null"),
        ),
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    recipient_number: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    not_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    number: Mapped[int | None] = mapped_column(BigInteger)
    is_by_person: Mapped[No]
