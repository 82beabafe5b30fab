"""Contact acts: what a person wants done with very many contacts, and how far it is."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Json, Kept, Model, Zero, one_of

KINDS = ("trash", "restore", "join", "leave")


class ContactAct(Kept, Model):
    """Carried out from the newest contact to the oldest; who came after it began is not touched."""

    __tablename__ = "contact_acts"
    __table_args__ = (one_of("kind", KINDS),)

    kind: Mapped[str] = mapped_column(Text)
    # As services/contact_acts stores a Which, or {"at": ..}: all that went into the trash at one moment.
    which: Mapped[Json]
    # No foreign key: the act outlives the group, and then changes nobody any more.
    group_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    # The moment that all of them have in the trash, by which they come back.
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    next_before: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    total: Mapped[Zero]
    seen: Mapped[Zero]
    changed: Mapped[Zero]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
