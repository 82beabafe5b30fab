"""Events: the outbox. A fact is written in the transaction that makes it true, and with it what is to be posted to
webhooks: the trigger events_for_webhooks writes those rows (docs/decisions/0008)."""

import uuid
from typing import Final

from sqlalchemy import BigInteger, Computed, Identity, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.events import FLEETING
from webapp.models.base import Json, Model, Now, OfTenant

# As the planner must read it to use the index.
IS_FLEETING: Final = "type in ({})".format(", ".join(f"'{name}'" for name in FLEETING))

_FOR_READERS = text("type <> 'message_status_changed'")


class Event(OfTenant, Model):
    __tablename__ = "events"
    __table_args__ = (
        Index("events_in_order", "tenant_id", "sequence", postgresql_where=_FOR_READERS),
        Index("events_fresh", "tenant_id", "xid", postgresql_where=_FOR_READERS),
        Index(
            "events_of_somebody", "tenant_id", "contact_id", postgresql_where=text("contact_id is not null")
        ),
        Index("events_fleeting", "tenant_id", "id", postgresql_where=text(IS_FLEETING)),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))
    type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    # Whom it is about, so that erasing them finds it: behind row-level security no index on a payload is used.
    contact_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid,
        Computed(
            "case when starts_with(type, 'contact_'::text) then object_id"
            " else (payload ->> 'contactId'::text)::uuid end",
            persisted=True,
        ),
    )
    # Rises for one object, because its row is locked while the event is written.
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    payload: Mapped[Json]
    created_at: Mapped[Now]
    # The transaction that wrote it, and the oldest that was not over then: an event of a lower sequence that is
    # committed later has an xid of at least the horizon.
    xid: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))
    horizon: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    )
