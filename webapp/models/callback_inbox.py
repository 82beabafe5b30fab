"""The callback inbox: what providers told us, stored before it is acknowledged."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model, Now, OfTenant


class Callback(OfTenant, Model):
    """The raw bytes whose signature was checked, as they came. Goes with its instance."""

    __tablename__ = "callback_inbox"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "whatsapp_instance_id"],
            ["whatsapp_instances.tenant_id", "whatsapp_instances.id"],
            ondelete="CASCADE",
        ),
        Index("callback_inbox_waiting_idx", "tenant_id", "id", postgresql_where=text("applied_at is null")),
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    whatsapp_instance_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[Now]
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    error: Mapped[str | None] = mapped_column(Text)
