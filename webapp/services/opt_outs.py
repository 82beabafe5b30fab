"""Opt-outs: people who said no, by phone key, whatever becomes of their contact."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.db import db, rows_changed
from webapp.models.opt_outs import OptOut


def add(tenant_id: uuid.UUID, phone_key: str, source: str, at: datetime | None = None) -> bool:
    """Note somebody's no from one source; whether it is news. Take the tenant's lock first. Commits nothing."""
    said = insert(OptOut).values(tenant_id=tenant_id, phone_key=phone_key, source=source, at=at or func.now())
    return bool(rows_changed(said.on_conflict_do_nothing()))


def lift(tenant_id: uuid.UUID, phone_key: str, *sources: str) -> bool:
    """Take back the no of these sources; whether there was one. Commits nothing."""
    lifted = rows_changed(
        update(OptOut)
        .where(
            OptOut.tenant_id == tenant_id,
            OptOut.phone_key == phone_key,
            OptOut.source.in_(sources),
            OptOut.lifted_at.is_(None),
        )
        .values(lifted_at=func.now())
    )
    return bool(lifted)


def standing(tenant_id: uuid.UUID, phone_keys: Collection[str]) -> list[OptOut]:
    """The noes of these people that nobody has lifted, the newest first."""
    query = OptOut.of(tenant_id).where(OptOut.phone_key.in_(phone_keys), OptOut.lifted_at.is_(None))
    return list(db.session.scalars(query.order_by(OptOut.at.desc())))


def follow(tenant_id: uuid.UUID, old_key: str, new_key: str) -> None:
    """Who said no under one key has said so under another that is theirs, too. Commits nothing."""
    if old_key == new_key:
        return
    said = select(OptOut.tenant_id, literal(new_key), OptOut.source, OptOut.at).where(
        OptOut.tenant_id == tenant_id, OptOut.phone_key == old_key, OptOut.lifted_at.is_(None)
    )
    columns = ["tenant_id", "phone_key", "source", "at"]
    db.session.execute(insert(OptOut).from_select(columns, said).on_conflict_do_nothing())
