"""Scheduled starts: at the right instant whatever the clocks do, and not hours late without being asked."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.campaigning import make_campaign, make_instance, make_people
from tests.people import Person
from webapp import clock
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.services.campaigns import drafts, moves, review


def scheduled(owner: Person, at: datetime) -> Campaign:
    make_people(owner.tenant_id, 1)
    return make_campaign(owner.tenant_id, make_instance(owner.tenant_id), status="scheduled", scheduled_at=at)


def go_round(campaign: Campaign) -> tuple[str, str | None]:
    clock.start_due()
    act_for(campaign.tenant_id)
    db.session.refresh(campaign)
    return campaign.status, campaign.paused_reason


@pytest.mark.parametrize(
    ("late", "outcome"),
    [
        (timedelta(seconds=-30), ("scheduled", None)),
        (timedelta(seconds=1), ("preparing", None)),
        (timedelta(minutes=14), ("preparing", None)),
        (timedelta(minutes=16), ("paused", "schedule_missed")),
        (timedelta(days=9), ("paused", "schedule_missed")),
    ],
)
def test_a_start_that_was_missed_by_more_than_a_quarter_of_an_hour_is_held(
    owner: Person, late: timedelta, outcome: tuple[str, str | None]
) -> None:
    campaign = scheduled(owner, datetime.now(UTC) - late)
    assert go_round(campaign) == outcome


def test_a_start_that_was_missed_asks_on_the_dashboard_and_on_its_page(owner: Person) -> None:
    campaign = scheduled(owner, datetime.now(UTC) - timedelta(hours=2))
    go_round(campaign)
    for page in ("/", f"/campaigns/{campaign.id}"):
        assert "Its time came while Crier was not running." in owner.get(page).text
    moves.resume(owner.tenant_id, campaign.id)
    assert campaign.status == "preparing"


def test_due_campaigns_are_looked_for_every_second(owner: Person) -> None:
    every = {one.act: one.every for one in clock.all_rounds()}
    assert every[clock.start_due] + clock.TICK_SECONDS <= 2


@pytest.mark.parametrize(
    ("zone", "asked", "instant"),
    [
        # The night before, between and after the hours that are skipped, and both of those that come twice.
        ("Europe/Berlin", (3, 28, 1, 59), (3, 28, 0, 59)),
        ("Europe/Berlin", (3, 28, 2, 30), (3, 28, 1, 30)),
        ("Europe/Berlin", (3, 28, 3, 0), (3, 28, 1, 0)),
        ("Europe/Berlin", (10, 31, 2, 30), (10, 31, 0, 30)),
        ("Europe/Berlin", (10, 31, 3, 0), (10, 31, 2, 0)),
        ("America/New_York", (3, 14, 2, 30), (3, 14, 7, 30)),
        ("America/New_York", (11, 7, 1, 30), (11, 7, 5, 30)),
        ("America/New_York", (11, 7, 2, 0), (11, 7, 7, 0)),
        ("Australia/Lord_Howe", (10, 3, 2, 15), (10, 2, 15, 45)),
        ("Asia/Kolkata", (7, 1, 9, 0), (7, 1, 3, 30)),
    ],
)
def test_a_time_of_a_named_zone_starts_at_its_instant_over_changes_of_the_clocks(
    owner: Person, zone: str, asked: tuple[int, int, int, int], instant: tuple[int, int, int, int]
) -> None:
    make_people(owner.tenant_id, 1)
    number = make_instance(owner.tenant_id)
    draft = drafts.create(
        owner.tenant_id,
        name="Night",
        whatsapp_instance_id=number.id,
        recipient_type="all",
        message="Hello",
        scheduled_at=datetime(2027, *asked),
        time_zone=zone,
    )
    campaign = review.launch(owner.tenant_id, draft.id)
    assert campaign.status == "scheduled"
    assert campaign.scheduled_at == datetime(2027, *instant, tzinfo=UTC)
