"""Events: the outbox. A fact is written in the transaction that makes it true."""

import uuid

from sqlalchemy import BigInteger, Identity, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Json, Model, Now, OfTenant


class Event(OfTenant, Model):
    __tablename__ = "events"
    __table_args__ = (Index("events_sequence", "tenant_id", "sequence", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))
    type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    # Rises for one object, because its row is locked while the event is written.
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    payload: Mapped[Json]
    created_at: Mapped[Now]
