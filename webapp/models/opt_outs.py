"""Opt-outs: people who said no. Kept by phone key, so that they survive deletion and re-import of the contact."""

from datetime import datetime

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Kept, Model, one_of

SOURCES = ("stop_word", "native", "page", "provider_error")


class OptOut(Kept, Model):
    """One source's no. A native resume lifts only the native one; the others need a person."""

    __tablename__ = "opt_outs"
    __table_args__ = (
        one_of("source", SOURCES),
        Index(
            "opt_outs_standing",
            "tenant_id",
            "phone_key",
            "source",
            unique=True,
            postgresql_where=text("lifted_at is null"),
        ),
    )

    phone_key: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lifted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
