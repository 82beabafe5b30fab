"""The breaker: a campaign of which too many fail pauses by itself, once."""

import pytest
from sqlalchemy import func, select

from tests.again import carry_out, settle_each
from tests.callbacks import make_running
from tests.people import Person
from webapp import clock
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.events import Event
from webapp.models.tenants import Tenant
from webapp.services.campaigns import again, moves


def go_round(campaign: Campaign) -> None:
    """What the clock does within a second."""
    clock.fold()
    clock.stop_failing()
    act_for(campaign.tenant_id)
    db.session.expire_all()


def set_limit(owner: Person, limit: int | None) -> None:
    db.session.get_one(Tenant, owner.tenant_id).failure_limit = limit
    db.session.commit()


def told_paused(campaign: Campaign) -> int:
    query = select(func.count()).where(
        Event.tenant_id == campaign.tenant_id,
        Event.type == "campaign_status_changed",
        Event.payload["status"].astext == "paused",
    )
    return db.session.scalars(query).one()


@pytest.mark.parametrize(
    ("outcomes", "limit", "status"),
    [
        ({"accepted": 34, "failed_131026": 16}, 30, "paused"),
        ({"accepted": 35, "failed_131026": 15}, 30, "running"),  # exactly what is allowed
        ({"accepted": 33, "failed_131026": 16}, 30, "running"),  # fewer than fifty say nothing yet
        ({"failed_131026": 60}, None, "running"),
        ({"accepted": 58, "failed_131026": 2}, 1, "paused"),
        ({"accepted": 20, "uncertain": 30, "failed_131026": 29}, 30, "running"),
    ],
)
def test_a_campaign_pauses_when_more_fail_than_the_tenant_allows(
    owner: Person, outcomes: dict[str, int], limit: int | None, status: str
) -> None:
    set_limit(owner, limit)
    campaign, _ = make_running(owner.tenant_id, sum(outcomes.values()))
    settle_each(campaign, **outcomes)
    go_round(campaign)
    expected_reason = "too_many_failed" if status == "paused" else None
    assert (campaign.status, campaign.paused_reason) == (status, expected_reason)


def test_it_pauses_once_and_counts_anew_from_the_resume(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 200)
    settle_each(campaign, failed_131026=200)
    go_round(campaign)
    assert campaign.status == "paused"
    go_round(campaign)
    assert told_paused(campaign) == 1
    moves.resume(owner.tenant_id, campaign.id)
    go_round(campaign)
    assert campaign.status == "running"
    assert told_paused(campaign) == 1


def test_it_pauses_again_when_as_many_fail_after_the_resume(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 60)
    settle_each(campaign, failed_131000=60)
    go_round(campaign)
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    carry_out(campaign)
    moves.resume(owner.tenant_id, campaign.id)
    go_round(campaign)
    assert campaign.status == "running"
    settle_each(campaign, failed_131000=60)
    go_round(campaign)
    assert campaign.status == "paused"
    assert told_paused(campaign) == 2
