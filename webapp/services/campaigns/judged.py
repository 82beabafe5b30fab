"""Judged: from which counts on failures are judged, and whether people are still being brought back."""

from sqlalchemy import select

from webapp.db import db
from webapp.models.again import SendingAgain
from webapp.models.campaigns import Campaign
from webapp.services import counts


def judge_anew(campaign: Campaign) -> None:
    """Count its failures from here on: a person lets it go on. Commits nothing."""
    figures = counts.read(campaign.tenant_id, campaign.id)
    if figures is not None:
        campaign.judged_sent, campaign.judged_failed = figures["sent_count"], figures["failed_count"]


def is_being_sent_again(campaign: Campaign) -> bool:
    """Whether a person's wish to send again is still being carried out, so that nobody waiting means nothing yet."""
    open_wish = select(SendingAgain.id).where(
        SendingAgain.tenant_id == campaign.tenant_id,
        SendingAgain.campaign_id == campaign.id,
        SendingAgain.finished_at.is_(None),
    )
    return db.session.scalar(open_wish) is not None
