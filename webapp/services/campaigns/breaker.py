"""The breaker: a campaign of which too many fail pauses by itself, once, until a person lets it go on."""

import uuid
from typing import Final

from webapp.db import db
from webapp.domain.errors import N_, Conflict
from webapp.models.campaigns import Campaign
from webapp.models.tenants import Tenant
from webapp.services import counts
from webapp.services.campaigns import moves

REASON: Final = "too_many_failed"

# Fewer outcomes say nothing yet.
LEAST_OUTCOMES: Final = 50


def trip(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """Pause a campaign whose share of failures since it was last let go passed what its tenant allows.

    Raises:
        Conflict: it is not running, or fewer fail.
    """
    campaign = db.session.scalar(Campaign.of(tenant_id).where(Campaign.id == campaign_id))
    limit = db.session.get_one(Tenant, tenant_id).failure_limit
    figures = counts.read(tenant_id, campaign_id)
    if campaign is None or figures is None or limit is None:
        raise Conflict(N_("This campaign is not running."))
    failed = figures["failed_count"] - campaign.judged_failed
    outcomes = figures["sent_count"] - campaign.judged_sent + failed
    if outcomes < LEAST_OUTCOMES or failed * 100 <= limit * outcomes:
        raise Conflict(N_("Not so many messages fail that it has to stop."))
    db.session.rollback()
    return moves.pause(tenant_id, campaign_id, reason=REASON)
