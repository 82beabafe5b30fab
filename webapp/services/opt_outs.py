"""Opt-outs: people who said no, by phone key, whatever becomes of their contact."""

import uuid
from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from webapp.db import db
from webapp.models.opt_outs import OptOut


def add(tenant_id: uuid.UUID, phone_key: str, source: str, at: datetime | None = None) -> bool:
    """Note somebody's no from one source; whether it is news. Take the tenant's lock first. Commits nothing."""
    said = insert(OptOut).values(tenant_id=tenant_id, phone_key=phone_key, source=source, at=at or func.now())
    return bool(db.session.execute(said.on_conflict_do_nothing()).rowcount)


def lift(tenant_id: uuid.UUID, phone_key: str, *sources: str) -> bool:
    """Take back the no of these sources; whether there was one. Commits nothing."""
    lifted = db.session.execute(
        update(OptOut)
        .where(
            OptOut.tenant_id == tenant_id,
            OptOut.phone_key == phone_key,
            OptOut.source.in_(sources),
            OptOut.lifted_at.is_(None),
        )
        .values(lifted_at=func.now())
    )
    return bool(lifted.rowcount)
