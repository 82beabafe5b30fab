"""Idempotent requests: what a program asked for under a key of its own, and what it was answered."""

import uuid

from sqlalchemy import Index, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Json, Model, Now, OfTenant


class IdempotentRequest(OfTenant, Model):
    """Without `status_code` it is still being answered, or its answer was lost with its process."""

    __tablename__ = "idempotent_requests"
    __table_args__ = (Index("idempotent_requests_age_idx", "tenant_id", "started_at"),)

    api_key_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    # Of method, address and body.
    request_hash: Mapped[str] = mapped_column(Text)
    status_code: Mapped[int | None] = mapped_column(SmallInteger)
    headers: Mapped[Json]
    # Sealed: an answer may tell a secret.
    body: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[Now]
