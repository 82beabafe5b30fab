"""Webhooks: a tenant's endpoints, the log of each event sent to one, every try, and how an endpoint does by minute."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Json, Kept, Model, No, Now, OfTenant, Yes, Zero, one_of

# Why an endpoint was switched off by the machine: it said so itself (410), or it failed for five days.
DISABLED_REASONS: Final = ("gone", "failing")

# Of an answer only so much is kept, in bytes.
MOST_KEPT: Final = 20 * 1024


class Webhook(Kept, Deletable, Model):
    __tablename__ = "webhooks"
    __table_args__ = (one_of("disabled_reason", DISABLED_REASONS),)

    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default=text("''"))
    # The events it wants; empty means all that go to webhooks.
    events: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    # Sealed for this row; while one is being replaced the old one signs too.
    secret: Mapped[str] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    previous_secret_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_active: Mapped[Yes]
    # Both are set when the machine switched it off, and taken away when a person switches it on again.
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    # Since when nothing but failures came back.
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Nothing is posted before; and how many such rests there were without a success between them.
    rests_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    rest_count: Mapped[Zero]


class WebhookLog(Kept, Model):
    """One event to one endpoint with its outcome. Means nothing without its webhook."""

    __tablename__ = "webhook_logs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["webhooks.tenant_id", "webhooks.id"], ondelete="CASCADE"
        ),
        CheckConstraint("completed_at is not null or next_attempt_at is not null", name="due_or_over"),
        CheckConstraint(f"octet_length(response) <= {MOST_KEPT}", name="response_cut"),
        Index("webhook_logs_webhook_idx", "tenant_id", "webhook_id", "id"),
        Index("webhook_logs_event_idx", "tenant_id", "webhook_id", "event", "id"),
        Index(
            "webhook_logs_failed_idx",
            "tenant_id",
            "webhook_id",
            "id",
            postgresql_where=text("completed_at is not null and not success"),
        ),
        Index(
            "webhook_logs_given_up_idx",
            "tenant_id",
            "webhook_id",
            "completed_at",
            postgresql_where=text("completed_at is not null and not success"),
        ),
        Index(
            "webhook_logs_due_idx",
            "tenant_id",
            "webhook_id",
            "next_attempt_at",
            postgresql_where=text("completed_at is null"),
        ),
        Index(
            "webhook_logs_of_somebody",
            "tenant_id",
            "contact_id",
            postgresql_where=text("contact_id is not null"),
        ),
    )

    webhook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    event_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    event: Mapped[str] = mapped_column(Text)
    # Whom the event is about, so that erasing them finds it.
    contact_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    # The whole body of every post, 64 KB at most: what of a larger event is left out, posted_event says (0022).
    payload: Mapped[Json]
    # Of the last try: its answer, cut and masked, and why it failed.
    response: Mapped[str | None] = mapped_column(Text)
    status_code: Mapped[int | None] = mapped_column(Integer)
    success: Mapped[No]
    error_message: Mapped[str | None] = mapped_column(Text)
    # Tries that were begun, over all replays; the newest of them alone may say that it failed.
    attempt_count: Mapped[Zero]
    # Failures of this round; how many there are decides when the next try is.
    failed_count: Mapped[Zero]
    # Tries in a row of which nobody knows the outcome, the one under way with them.
    unknown_count: Mapped[Zero]
    # While a try is under way this is when it is given up for lost.
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WebhookAttempt(Kept, Model):
    """One try, written before its post and completed after it. Means nothing without its log."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "webhook_log_id"], ["webhook_logs.tenant_id", "webhook_logs.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "webhook_log_id", "number"),
        CheckConstraint(f"octet_length(response) <= {MOST_KEPT}", name="response_cut"),
    )

    webhook_log_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(SmallInteger)
    # As they were sent, without the signature.
    request_headers: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    status_code: Mapped[int | None] = mapped_column(Integer)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    response: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[Now]
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WebhookMinute(OfTenant, Model):
    """How an endpoint did in one minute: the breaker judges by the last five, the page draws the last day."""

    __tablename__ = "webhook_minutes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["webhooks.tenant_id", "webhooks.id"], ondelete="CASCADE"
        ),
    )

    webhook_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    minute: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    tries: Mapped[Zero]
    failures: Mapped[Zero]
    # Those that were answered, and how long they took together.
    answered: Mapped[Zero]
    duration_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
