"""Advisory locks that the send gate shares: whoever holds one alone knows that no message passes meanwhile.

Take them as the first statement of a transaction; they end with it.
"""

import uuid

from sqlalchemy import text

from webapp.db import db

_CAMPAIGN = text("select pg_advisory_xact_lock(hashtextextended(cast(:key as text), 1))")
_TENANT = text("select pg_advisory_xact_lock(hashtextextended(cast(:key as text), 2))")


def lock_campaign(campaign_id: uuid.UUID) -> None:
    """No message of this campaign passes the gate until the transaction ends: for pause and cancel."""
    db.session.execute(_CAMPAIGN, {"key": str(campaign_id)})


def lock_tenant(tenant_id: uuid.UUID) -> None:
    """No message of this tenant passes the gate until the transaction ends: for opt-outs and deletions."""
    db.session.execute(_TENANT, {"key": str(tenant_id)})
