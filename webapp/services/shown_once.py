"""Shown once: a secret that a page has just made waits here, sealed, for the one page that shows it.

It belongs to the session of whoever made it: nobody else is shown it, and it ends when the session does.
"""

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert

from webapp import vault
from webapp.db import db
from webapp.models.sessions import ShownOnce
from webapp.services.sessions import SignedIn

# Who has not come for it until then is not shown it any more.
KEPT: Final = timedelta(minutes=10)


def keep(visitor: SignedIn, about: uuid.UUID, secret: str) -> None:
    """Keep a secret of the thing with this id until it is shown; of two the later one."""
    sealed = vault.seal(secret, *_place(visitor, about))
    row = {"token_hash": visitor.token_hash, "about": about, "secret": sealed}
    put = insert(ShownOnce).values(row)
    again = {"secret": put.excluded.secret, "created_at": func.now()}
    db.session.execute(put.on_conflict_do_update(index_elements=["token_hash", "about"], set_=again))
    db.session.commit()


def take(visitor: SignedIn, about: uuid.UUID) -> str | None:
    """The secret that was kept, which is forgotten with that; None when it was shown or is too old."""
    mine = (ShownOnce.token_hash == visitor.token_hash, ShownOnce.about == about)
    taken = db.session.execute(
        delete(ShownOnce).where(*mine).returning(ShownOnce.secret, ShownOnce.created_at > func.now() - KEPT)
    ).first()
    db.session.commit()
    return _opened(taken[0], visitor, about) if taken and taken[1] else None


def forget_old() -> None:
    """Drop what nobody came for."""
    db.session.execute(delete(ShownOnce).where(ShownOnce.created_at < func.now() - KEPT))
    db.session.commit()


def _opened(sealed: str, visitor: SignedIn, about: uuid.UUID) -> str | None:
    try:
        return vault.unseal(sealed, *_place(visitor, about))
    except vault.Unreadable:
        return None


def _place(visitor: SignedIn, about: uuid.UUID) -> tuple[uuid.UUID, str, uuid.UUID, str]:
    """For the vault; the row has no id of its own, so one is made of its key."""
    row_id = uuid.uuid5(about, visitor.token_hash)
    return visitor.tenant.id, ShownOnce.__tablename__, row_id, "secret"
