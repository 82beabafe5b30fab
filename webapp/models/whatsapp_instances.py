"""WhatsApp instances: connected numbers (pages say "number"), and the map from a callback address to its tenant."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Json, Kept, Model, one_of

PROVIDERS = ("cloud",)
# unchecked: nobody asked the provider yet; paused: stopped by a person or by an error of the number.
STATUSES = ("unchecked", "checking", "connected", "refused", "paused")
QUALITIES = ("GREEN", "YELLOW", "RED", "UNKNOWN")


class WhatsAppInstance(Kept, Deletable, Model):
    __tablename__ = "whatsapp_instances"
    __table_args__ = (
        one_of("provider", PROVIDERS),
        one_of("status", STATUSES),
        one_of("quality", QUALITIES),
        CheckConstraint("messages_per_second between 1 and 100000", name="messages_per_second_range"),
        # Two of the same would send at twice the speed it may, and one of them would hear nothing back.
        Index(
            "whatsapp_instances_alive",
            "tenant_id",
            "provider",
            "phone_number_id",
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    phone_number: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text, server_default=text("'cloud'"))
    base_url: Mapped[str] = mapped_column(Text)
    api_version: Mapped[str] = mapped_column(Text)
    phone_number_id: Mapped[str] = mapped_column(Text)
    business_account_id: Mapped[str] = mapped_column(Text)
    # {"access_token": .., "app_secret": .., "verify_token": ..}, each sealed for this row and field
    credentials: Mapped[Json]
    messages_per_second: Mapped[int] = mapped_column(server_default=text("80"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'unchecked'"))
    quality: Mapped[str] = mapped_column(Text, server_default=text("'UNKNOWN'"))
    # What the last check answered, in the provider's words: {"verified_name": .., "problems": [..]}
    check_result: Mapped[Json]
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CallbackAddress(Model):
    """Global: a callback names an instance, and nobody is signed in."""

    __tablename__ = "callback_addresses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "whatsapp_instance_id"],
            ["whatsapp_instances.tenant_id", "whatsapp_instances.id"],
            ondelete="CASCADE",
        ),
    )

    whatsapp_instance_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    # When the last signed callback came, and the last one that was refused; each to about a minute.
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
