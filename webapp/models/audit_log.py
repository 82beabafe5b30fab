"""The audit log: who did what that matters. Written in the same transaction, never changed."""

import uuid

from sqlalchemy import Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Json, Model, Now, OfTenant


class AuditEntry(OfTenant, Model):
    __tablename__ = "audit_log"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))
    # No foreign keys: the entry outlives the person, the key and the object. Neither person nor key: the machine.
    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    api_key_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    action: Mapped[str] = mapped_column(Text)
    object_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    details: Mapped[Json]
    created_at: Mapped[Now]
