"""A large campaign is cancelled at once, whatever Redis does; its people are marked bit by bit."""

from dataclasses import replace

import pytest
from flask import Flask

from tests.campaigning import check_counts, make_campaign, make_instance, make_people, statuses
from tests.people import Person
from webapp import clock
from webapp.app import create_app
from webapp.config import Settings
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.sending import plan
from webapp.services.campaigns import moves


def planned(person: Person, people: int) -> Campaign:
    make_people(person.tenant_id, people)
    campaign = make_campaign(person.tenant_id, make_instance(person.tenant_id))
    plan.plan(person.tenant_id, campaign.id)
    return campaign


def test_a_page_marks_some_and_the_clock_the_rest(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "CANCEL_STEP", 100)
    monkeypatch.setattr(moves, "CANCEL_AT_ONCE", 300)
    campaign = planned(owner, 750)
    assert moves.cancel(owner.tenant_id, campaign.id).status == "cancelled"
    assert statuses(campaign) == {"cancelled": 300, "pending": 450}
    for left in (150, 0):
        clock.fold()
        clock.finish()
        act_for(owner.tenant_id)
        assert statuses(campaign)["pending"] == left
    check_counts(campaign)


def test_a_campaign_is_cancelled_without_redis(app: Flask, settings: Settings, owner: Person) -> None:
    campaign = planned(owner, 10)
    db.session.commit()
    with create_app(replace(settings, redis_url="redis://127.0.0.1:9/0")).app_context():
        act_for(owner.tenant_id)
        assert moves.cancel(owner.tenant_id, campaign.id).status == "cancelled"
        assert statuses(campaign) == {"cancelled": 10}
