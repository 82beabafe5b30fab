"""Tenants: the customers whose walls these are."""

from sqlalchemy import ARRAY, CheckConstraint, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Model, Timed, Uuid7


class Tenant(Timed, Deletable, Model):
    __tablename__ = "tenants"
    __table_args__ = (CheckConstraint("failure_limit between 1 and 100", name="failure_limit_range"),)

    id: Mapped[Uuid7]
    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    time_zone: Mapped[str] = mapped_column(Text, server_default=text("'UTC'"))
    locale: Mapped[str] = mapped_column(Text, server_default=text("'en'"))
    # Two letters; null means that every number must carry its country code.
    default_country: Mapped[str | None] = mapped_column(Text)
    opt_out_words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    # The share of failures, in percent, at which a campaign pauses by itself; null: never.
    failure_limit: Mapped[int | None] = mapped_column(SmallInteger, server_default=text("30"))
