"""Signed-in browsers and API keys: only hashes of what they carry are stored. Global tables."""

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
