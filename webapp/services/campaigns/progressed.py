"""Progressed: a campaign's figures as an event, in the transaction that folds them."""

import uuid
from typing import cast

from sqlalchemy import Connection, select

from webapp.models.campaigns import Campaign
from webapp.services import events
from webapp.services.campaigns.moves import described

_CAMPAIGN = Campaign.__table__


def emit(connection: Connection, tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> None:
    """Write what the counts are now. The campaign's row is locked by what moved them."""
    is_it = (_CAMPAIGN.c.tenant_id == tenant_id, _CAMPAIGN.c.id == campaign_id)
    # A row of the table has every column under the name by which it is described.
    campaign = cast(Campaign, connection.execute(select(_CAMPAIGN).where(*is_it)).one())
    events.emit_on(connection, tenant_id, "campaign_progressed", [(campaign_id, described(campaign))])
