"""Signed-in browsers, what they are shown once, and API keys; of what they carry only hashes. Global tables."""

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, DateTime, ForeignKey, ForeignKeyConstraint, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Model, Now, Timed, Uuid7


class VisitorSession(Model):
    """Goes with its membership: whoever leaves a tenant is signed out of it."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["memberships.tenant_id", "memberships.user_id"], ondelete="CASCADE"
        ),
    )

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    user_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    created_at: Mapped[Now]
    seen_at: Mapped[Now]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ShownOnce(Model):
    """A sealed secret on its way to the page that shows it, and to no other session's."""

    __tablename__ = "shown_once"

    token_hash: Mapped[str] = mapped_column(
        Text, ForeignKey("sessions.token_hash", ondelete="CASCADE"), primary_key=True
    )
    # The webhook or key whose secret it is.
    about: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Now]


class ApiKey(Timed, Deletable, Model):
    __tablename__ = "api_keys"

    id: Mapped[Uuid7]
    tenant_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("tenants.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[str] = mapped_column(Text, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
