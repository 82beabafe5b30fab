"""Messages history: every message that left or arrived."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Json, Model, Now, OfTenant, one_of

DIRECTIONS = ("out", "in")
STATUSES = ("accepted", "sent", "failed", "delivered", "read", "received")


class Message(OfTenant, Model):
    __tablename__ = "messages_history"
    __table_args__ = (
        one_of("direction", DIRECTIONS),
        one_of("status", STATUSES),
        # History outlives the number, the contact and the campaign it came from.
        ForeignKeyConstraint(
            ["tenant_id", "whatsapp_instance_id"],
            ["whatsapp_instances.tenant_id", "whatsapp_instances.id"],
            ondelete="SET NULL (whatsapp_instance_id)",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            ondelete="SET NULL (contact_id)",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            ondelete="SET NULL (campaign_id)",
        ),
        # A message is told once however often its callback comes; also the second way to match a status.
        Index("messages_history_once", "tenant_id", "message_id", unique=True),
        Index("messages_history_contact_idx", "tenant_id", "contact_id"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))
    whatsapp_instance_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    contact_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    campaign_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    message_id: Mapped[str] = mapped_column(Text)
    chat_id: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    # The provider's extras; the attribute has another name because SQLAlchemy keeps `metadata` for itself.
    extras: Mapped[Json] = mapped_column("metadata", JSONB, server_default=text("'{}'"))
    status: Mapped[str] = mapped_column(Text)
    error_code: Mapped[int | None] = mapped_column(Integer)
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Now]
