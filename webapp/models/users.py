"""People, and what they are in which tenant. Global tables: one person may belong to several tenants."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.roles import ROLES
from webapp.models.base import Deletable, Model, Timed, Uuid7, one_of
from webapp.models.tenants import Tenant


class User(Timed, Deletable, Model):
    __tablename__ = "users"

    id: Mapped[Uuid7]
    email: Mapped[str] = mapped_column(Text, unique=True)
    # Null until the person has opened a one-time link and chosen a password.
    password_hash: Mapped[str | None] = mapped_column(Text)


class Membership(Timed, Model):
    __tablename__ = "memberships"
    __table_args__ = (one_of("role", ROLES),)

    tenant_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(Text)

    tenant: Mapped[Tenant] = relationship()
    user: Mapped[User] = relationship()


class SignInLink(Timed, Model):
    """A one-time link for somebody without a password, or who forgot it. Single use, short-lived."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignInTry(Model):
    """One attempt to sign in, kept for as long as the limits look back."""

    __tablename__ = "sign_in_tries"

    id: Mapped[Uuid7]
    account_hash: Mapped[str] = mapped_column(Text, index=True)
    address: Mapped[str] = mapped_column(Text, index=True)
    tried_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
