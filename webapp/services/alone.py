"""Alone: what there may be once among the living is asked for before it is written; the unique index is the last wall,
for two who write at the same moment."""

from collections.abc import Callable

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError

from webapp.db import db
from webapp.domain.errors import Invalid


def flush(row: object, twin: Select[object], index: str, refusal: Callable[[], Invalid]) -> None:
    """Write what waits in the session, if nobody but `row` is found by `twin`.

    Raises:
        Invalid: `refusal`, with the session rolled back, when somebody is or `index` says so.
    """
    with db.session.no_autoflush:
        first = db.session.scalars(twin.limit(2)).all()
    if any(one is not row for one in first):
        db.session.rollback()
        raise refusal()
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        if index not in str(error.orig):
            raise
        raise refusal() from None
