"""Exports: a file that a job writes, in chunks, for one person to fetch for a day."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Json, Kept, Model, OfTenant, one_of


class Export(Kept, Model):
    __tablename__ = "exports"
    __table_args__ = (one_of("status", ("queued", "running", "completed", "failed")),)

    kind: Mapped[str] = mapped_column(Text)
    filters: Mapped[Json]
    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    size: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ExportChunk(OfTenant, Model):
    """A piece of the file. Means nothing without its export."""

    __tablename__ = "export_chunks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "export_id"], ["exports.tenant_id", "exports.id"], ondelete="CASCADE"
        ),
    )

    export_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
