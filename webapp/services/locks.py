"""Locks; they end with the transaction.

The advisory ones are shared by the send gate: whoever holds one alone knows that no message passes meanwhile.
Take them as the first statement of a transaction.
"""

import uuid
from typing import TypeVar

from sqlalchemy import Select, text

from webapp.db import db

Row = TypeVar("Row")

_CAMPAIGN = text("select pg_advisory_xact_lock(hashtextextended(cast(:key as text), 1))")
_TENANT = text("select pg_advisory_xact_lock(hashtextextended(cast(:key as text), 2))")


def lock_campaign(campaign_id: uuid.UUID) -> None:
    """No message of this campaign passes the gate until the transaction ends: for pause and cancel."""
    db.session.execute(_CAMPAIGN, {"key": str(campaign_id)})


def lock_tenant(tenant_id: uuid.UUID) -> None:
    """No message of this tenant passes the gate until the transaction ends: for opt-outs and deletions."""
    db.session.execute(_TENANT, {"key": str(tenant_id)})


def held(query: Select[Row], *, skip_locked: bool = False) -> Row | None:
    """The one row of a query as it is now, locked, whatever was read of it before; None if it is not there.

    Args:
        skip_locked: a row that somebody else holds is not there, either.
    """
    locked = query.with_for_update(skip_locked=skip_locked)
    row: Row | None = db.session.scalar(locked.execution_options(populate_existing=True))
    return row
