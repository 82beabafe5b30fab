"""Tenants: the customers whose walls these are."""

from sqlalchemy import ARRAY, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Model, Timed, Uuid7


class Tenant(Timed, Deletable, Model):
    __tablename__ = "tenants"

    id: Mapped[Uuid7]
    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    time_zone: Mapped[str] = mapped_column(Text, server_default=text("'UTC'"))
    locale: Mapped[str] = mapped_column(Text, server_default=text("'en'"))
    # Two letters; null means that every number must carry its country code.
    default_country: Mapped[str | None] = mapped_column(Text)
    opt_out_words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
