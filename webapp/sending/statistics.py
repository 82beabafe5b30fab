"""Statistics: what PostgreSQL knows of the recipients, brought up to date after a plan."""

import logging
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.db import as_owner

log = logging.getLogger(__name__)

_LOCK_WAIT: Final = text("set local lock_timeout = '5s'")
_KNOWN: Final = text("select reltuples from pg_class where oid = 'campaign_recipients'::regclass")
_LEARN: Final = text("analyze campaign_recipients")


def grown(rows: int) -> None:
    """So many recipients were written: when they are more than a tenth, have PostgreSQL count anew.

    Senders and workers keep the plans of their statements. One that was made while the table was small reads all of it,
    for each window (a gate took 280 ms among a million), until statistics are renewed. Autovacuum does so by the
    same rule, but a minute later.
    """
    try:
        with as_owner() as connection:
            connection.execute(_LOCK_WAIT)
            if rows * 10 > connection.scalar(_KNOWN):
                connection.execute(_LEARN)
    except SQLAlchemyError as error:
        log.warning("statistics_not_renewed", extra={"error": type(error).__name__})
