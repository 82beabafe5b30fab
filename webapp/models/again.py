"""Sent again by a person: what was asked for, and the attempts that were given up for it."""

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKeyConstraint, Index, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

import webapp.models.recipients  # noqa: F401  # the table that attempts refer to is known wherever they are
from webapp.models.base import Kept, Model, Now, OfTenant, Zero, one_of

KINDS = ("retry", "resend")


class SendingAgain(Kept, Model):
    """A person's wish to send again to those who failed (kind retry, with one of these codes) or of whom nobody knows
    (kind resend). Carried out in steps, from number to number. Goes with its campaign."""

    __tablename__ = "sendings_again"
    __table_args__ = (
        one_of("kind", KINDS),
        ForeignKeyConstraint(
            ["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"], ondelete="CASCADE"
        ),
        # One at a time: a second wish waits until the first is carried out.
        Index(
            "sendings_again_open",
            "tenant_id",
            "campaign_id",
            unique=True,
            postgresql_where=text("finished_at is null"),
        ),
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    codes: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    next_number: Mapped[int] = mapped_column(BigInteger)
    last_number: Mapped[int] = mapped_column(BigInteger)
    # How many people went back to waiting so far.
    moved: Mapped[Zero]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class GivenUpAttempt(OfTenant, Model):
    """A number on the wire that the provider took, or may have taken, and whose recipient a person had sent to again.
    Whoever stands here may have two messages of one campaign; nobody else may. Goes with its recipient."""

    __tablename__ = "given_up_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "recipient_number"],
            ["campaign_recipients.tenant_id", "campaign_recipients.number"],
            ondelete="CASCADE",
        ),
        Index("given_up_attempts_recipient_idx", "tenant_id", "recipient_number"),
        Index(
            "given_up_attempts_proven",
            "tenant_id",
            "campaign_id",
            postgresql_where=text("proven_at is not null"),
        ),
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    campaign_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    recipient_number: Mapped[int] = mapped_column(BigInteger)
    # What the provider called it, once that is known.
    message_id: Mapped[str | None] = mapped_column(Text)
    given_up_at: Mapped[Now]
    # When news came that this person got this message after all.
    proven_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
