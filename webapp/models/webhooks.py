"""Webhooks: a tenant's endpoints, the log of each event sent to one, and every try."""

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, DateTime, ForeignKeyConstraint, Index, Integer, SmallInteger, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Json, Kept, Model, No, Now, Yes, Zero


class Webhook(Kept, Deletable, Model):
    __tablename__ = "webhooks"

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
    disabled_reason: Mapped[str | None] = mapped_column(Text)


class WebhookLog(Kept, Model):
    """One event to one endpoint with its outcome. Means nothing without its webhook."""

    __tablename__ = "webhook_logs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["webhooks.tenant_id", "webhooks.id"], ondelete="CASCADE"
        ),
        Index("webhook_logs_webhook_idx", "tenant_id", "webhook_id", "id"),
        Index(
            "webhook_logs_due_idx",
            "tenant_id",
            "next_attempt_at",
            postgresql_where=text("completed_at is null"),
        ),
    )

    webhook_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    event_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    event: Mapped[str] = mapped_column(Text)
    payload: Mapped[Json]
    response: Mapped[str | None] = mapped_column(Text)
    status_code: Mapped[int | None] = mapped_column(Integer)
    success: Mapped[No]
    error_message: Mapped[str | None] = mapped_column(Text)
    attempt_count: Mapped[Zero]
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WebhookAttempt(Kept, Model):
    """One try. Means nothing without its log."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "webhook_log_id"], ["webhook_logs.tenant_id", "webhook_logs.id"], ondelete="CASCADE"
        ),
        Index("webhook_attempts_log_idx", "tenant_id", "webhook_log_id"),
    )

    webhook_log_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(SmallInteger)
    status_code: Mapped[int | None] = mapped_column(Integer)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    response: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[Now]
