"""What every table is made of: keys, times, the first wall between tenants."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Select, Text, Uuid, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from webapp.db import Base, db

Uuid7 = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))]
At = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Text_ = Annotated[str, mapped_column(Text)]
Json = Annotated[dict[str, Any], mapped_column(JSONB, server_default=text("'{}'"))]
JsonList = Annotated[list[Any], mapped_column(JSONB, server_default=text("'[]'"))]
Yes = Annotated[bool, mapped_column(server_default=text("true"))]
No = Annotated[bool, mapped_column(server_default=text("false"))]
Zero = Annotated[int, mapped_column(server_default=text("0"))]


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A text column holds one of these words; the database refuses any other."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({words})", name=f"{column}_known")


class Timed:
    created_at: Mapped[Now]
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class Deletable:
    """Deleting sets a time; restoring takes it away."""

    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class OfTenant:
    """A row behind both walls. The key starts with the tenant, so that every foreign key carries it."""

    @declared_attr
    @classmethod
    def tenant_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(
            Uuid, ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
        )

    @classmethod
    def of(cls, tenant_id: uuid.UUID, *, deleted: bool = False) -> Select[Self]:
        """The first wall: every query begins here. Without `deleted` the living rows, with it the trash."""
        query = select(cls).where(cls.tenant_id == tenant_id)
        if not issubclass(cls, Deletable):
            return query
        return query.where(cls.deleted_at.is_not(None) if deleted else cls.deleted_at.is_(None))


class Kept(OfTenant, Timed):
    """A row that a person can point at."""

    id: Mapped[uuid.UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("uuidv7()"), sort_order=-1
    )


if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

__all__ = [
    "At", "Base", "Deletable", "Json", "JsonList", "Kept", "Model", "No", "Now", "OfTenant", "Text_", "Timed",
    "Uuid7", "Yes", "Zero", "one_of",
]  # fmt: skip
