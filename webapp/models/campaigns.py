"""Campaigns: one message to many."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.statuses import CAMPAIGN_STATUSES
from webapp.models.base import Deletable, Json, Kept, Model, Now, OfTenant, Zero, one_of

STEPS = ("number", "audience", "message", "schedule", "review")


class Counts:
    """How many recipients stand where. sent counts everyone accepted or higher who has not failed, delivered
    counts delivered and read; pending is what is left of the total."""

    sent_count: Mapped[Zero]
    delivered_count: Mapped[Zero]
    read_count: Mapped[Zero]
    failed_count: Mapped[Zero]
    uncertain_count: Mapped[Zero]
    skipped_count: Mapped[Zero]
    cancelled_count: Mapped[Zero]


COUNTS = (
    "sent_count",
    "delivered_count",
    "read_count",
    "failed_count",
    "uncertain_count",
    "skipped_count",
    "cancelled_count",
)


class Campaign(Kept, Deletable, Counts, Model):
    __tablename__ = "campaigns"
    __table_args__ = (
        one_of("status", CAMPAIGN_STATUSES),
        one_of("wizard_step", STEPS),
        one_of("message_kind", ("text", "template")),
        # Deleting a number or a template for good leaves the campaign's history standing.
        ForeignKeyConstraint(
            ["tenant_id", "whatsapp_instance_id"],
            ["whatsapp_instances.tenant_id", "whatsapp_instances.id"],
            ondelete="SET NULL (whatsapp_instance_id)",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "message_template_id"],
            ["message_templates.tenant_id", "message_templates.id"],
            ondelete="SET NULL (message_template_id)",
        ),
        Index(
            "campaigns_unfinished_idx",
            "tenant_id",
            "status",
            postgresql_where=text("status in ('scheduled', 'preparing', 'running', 'paused')"),
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    whatsapp_instance_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    message_template_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    # What is sent: a copy, frozen at the start, of the template or of what was typed.
    message: Mapped[str] = mapped_column(Text, server_default=text("''"))
    message_kind: Mapped[str] = mapped_column(Text, server_default=text("'text'"))
    message_variables: Mapped[Json]
    # For kind `template`: {"name": .., "language": .., "components": [..]}
    message_template: Mapped[Json]
    # As services/audience.Audience stores it: type, ids, and whether the doubtful are left out.
    audience: Mapped[Json]
    wizard_step: Mapped[str] = mapped_column(Text, server_default=text("'number'"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'draft'"))
    scheduled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    time_zone: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # A code of services/campaigns: who or what stopped it, or why it ended without sending.
    paused_reason: Mapped[str | None] = mapped_column(Text)
    # The address of the person who paused it.
    paused_by: Mapped[str | None] = mapped_column(Text)
    # The time it waited for before somebody made it a draft again.
    was_scheduled_for: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # How long it was running, without pauses, and since when it is.
    ran_seconds: Mapped[float] = mapped_column(Double, server_default=text("0"))
    ran_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # How many the plan left out, by reason: {"opted_out": 3, ..}
    excluded: Mapped[Json]
    total_recipients: Mapped[Zero]
    # The counts from which its failures are judged: those of its start, or of the last time a person let it go on.
    judged_sent: Mapped[Zero]
    judged_failed: Mapped[Zero]
    # The first of its recipients' numbers, which are dense over the whole installation.
    first_number: Mapped[int | None] = mapped_column(BigInteger)


class CampaignCount(OfTenant, Counts, Model):
    """One of 16 stripes that settle and apply add to, so that nobody updates the campaign's row in the hot
    path; the clock folds them in. Means nothing without its campaign."""

    __tablename__ = "campaign_counts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"], ondelete="CASCADE"
        ),
        {"postgresql_with": {"fillfactor": 50}},
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    stripe: Mapped[int] = mapped_column(SmallInteger, primary_key=True)


class CampaignFailure(OfTenant, Model):
    """How many recipients failed with one error code. Means nothing without its campaign."""

    __tablename__ = "campaign_failures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"], ondelete="CASCADE"
        ),
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    error_code: Mapped[int] = mapped_column(Integer, primary_key=True)
    count: Mapped[Zero]


class CampaignSample(OfTenant, Model):
    """The counts at a moment, for the chart of the last minutes. Means nothing without its campaign."""

    __tablename__ = "campaign_samples"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"], ondelete="CASCADE"
        ),
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[Now] = mapped_column(primary_key=True)
    sent_count: Mapped[Zero]
    delivered_count: Mapped[Zero]
    read_count: Mapped[Zero]
