"""The hub that open pages listen to: what is drawn, for whom, and what happens when frames are lost."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import event

from tests.people import Person
from tests.watching import count, eventually, make_running
from webapp import broker
from webapp.app import create_app
from webapp.config import Settings
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign, CampaignSample
from webapp.services import departures, progress
from webapp.services.campaigns import moves
from webapp.services.live import readers, watch, wire
from webapp.services.live.hub import SEATS, Hub
from webapp.services.live.mailbox import Mailbox
from webapp.services.live.pace import CHART_POINTS, Pace
from webapp.services.live.watch import State

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


class Reader:
    """Draws two fragments, and remembers how often."""

    def __init__(self) -> None:
        self.drawn = 0

    def draw(self, state: State) -> dict[str, str]:
        self.drawn += 1
        return {"sent": f"[{state.figures.sent_count}]", "name": f"<{state.figures.name}>"}


class Listener:
    """A mailbox at a hub, for as long as the stack stays open."""

    def __init__(
        self, stack: ExitStack, hub: Hub, campaign: Campaign, kind: str = "one", reader: Reader | None = None
    ):
        self.reader = reader or Reader()
        self.mailbox = Mailbox(uuid.uuid4(), lambda: None)
        stack.enter_context(
            hub.listening(campaign.tenant_id, campaign.id, kind, self.reader.draw, self.mailbox)
        )
        act_for(campaign.tenant_id)
        self.first = self.mailbox.take()

    def hears(self, frame: str, seconds: float = 5) -> bool:
        """Whether exactly this is the last that came, within that time."""
        got: list[str] = []

        def is_there() -> bool:
            got.extend(filter(None, [self.mailbox.take()]))
            return bool(got) and got[-1] == frame

        return eventually(is_there, seconds)


@pytest.fixture
def hub(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(wire, "TICK_SECONDS", 0.2)
    made = Hub(app)
    yield made
    made.stop()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def campaign(owner: Person) -> Campaign:
    return make_running(owner.tenant_id)


def tell(campaign: Campaign, **columns: int) -> None:
    count(campaign, **columns)
    progress.publish(campaign.tenant_id, campaign.id, True)


def test_who_comes_gets_the_present_state_first_and_then_what_changes(
    hub: Hub, stack: ExitStack, campaign: Campaign
) -> None:
    count(campaign, sent_count=3)
    listener = Listener(stack, hub, campaign)
    assert listener.first == "[3]<Spring>"
    tell(campaign, sent_count=4)
    assert listener.hears("[4]"), "only what changed is sent"


def test_a_frame_is_drawn_once_for_all_readers_of_a_kind(
    hub: Hub, stack: ExitStack, campaign: Campaign
) -> None:
    reader = Reader()
    listeners = [Listener(stack, hub, campaign, "one", reader) for _ in range(20)]
    other = Listener(stack, hub, campaign, "other")
    tell(campaign, sent_count=1)
    assert all(listener.hears("[1]") for listener in [*listeners, other])
    assert reader.drawn < 8


def test_frames_ask_no_database(app: Flask, hub: Hub, stack: ExitStack, campaign: Campaign) -> None:
    listener = Listener(stack, hub, campaign)
    hub._read(campaign.id, hub._readers[campaign.id])  # what a first reader is followed by
    figures = watch.load(campaign.tenant_id, campaign.id)
    assert figures is not None
    statements: list[str] = []
    listener_of_sql = lambda *given: statements.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener_of_sql)
    try:
        for number in range(1, 9):
            told = told_as(campaign, sent_count=number, at=figures.figures.at + timedelta(seconds=number))
            broker.publish_on(broker.redis(), progress.CHANNEL, told)
            assert listener.hears(f"[{number}]")
    finally:
        event.remove(db.engine, "before_cursor_execute", listener_of_sql)
    assert not statements


def told_as(campaign: Campaign, **changed: Any) -> dict[str, Any]:
    """What the wire carries for a campaign."""
    told: dict[str, Any] = {
        "tenant_id": str(campaign.tenant_id), "id": str(campaign.id), "name": "Spring", "status": "running",
        "paused_reason": None, "total_recipients": 100, "sent_count": 0, "delivered_count": 0, "read_count": 0,
        "failed_count": 0, "uncertain_count": 0, "skipped_count": 0, "cancelled_count": 0, "at": datetime.now(UTC),
        "scheduled_at": None, "started_at": None, "completed_at": None, "excluded": {}, "failures": None,
    } | changed  # fmt: skip
    return told | {"at": told["at"].isoformat()}


def test_figures_that_come_late_change_nothing(hub: Hub, stack: ExitStack, campaign: Campaign) -> None:
    count(campaign, sent_count=5)
    listener = Listener(stack, hub, campaign)
    assert listener.first == "[5]<Spring>"
    hub._hear_figures(told_as(campaign, sent_count=2, at=datetime.now(UTC) - timedelta(minutes=1)))
    assert listener.mailbox.take() == ""


def test_a_frame_under_another_tenants_name_is_not_shown(
    hub: Hub, stack: ExitStack, campaign: Campaign, stranger: Person
) -> None:
    listener = Listener(stack, hub, campaign)
    late = datetime.now(UTC) + timedelta(minutes=1)
    hub._hear_figures(told_as(campaign, tenant_id=str(stranger.tenant_id), sent_count=9, at=late))
    assert listener.mailbox.take() == ""


def test_a_lost_frame_is_made_good_by_a_look_at_the_database(
    hub: Hub, stack: ExitStack, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_READ_EVERY", 0.3)
    listener = Listener(stack, hub, campaign)
    count(campaign, sent_count=7)
    assert listener.hears("[7]")


def test_a_cut_subscription_is_made_anew(hub: Hub, stack: ExitStack, campaign: Campaign) -> None:
    listener = Listener(stack, hub, campaign)
    tell(campaign, sent_count=1)
    assert listener.hears("[1]")
    broker.redis().execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    count(campaign, sent_count=2)
    assert listener.hears("[2]"), "what was missed meanwhile is read when the wire is back"
    tell(campaign, sent_count=3)
    assert listener.hears("[3]")


def test_without_redis_the_page_still_goes_on(
    settings: Settings, app: Flask, stack: ExitStack, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_READ_DEAF_EVERY", 0.1)
    monkeypatch.setattr(wire, "TICK_SECONDS", 0.1)
    deaf = create_app(settings)
    deaf.extensions["crier_redis"] = Redis(port=9, retry=Retry(NoBackoff(), 0))
    hub = Hub(deaf)
    try:
        listener = Listener(stack, hub, campaign)
        count(campaign, sent_count=8)
        assert listener.hears("[8]")
        stack.close()
    finally:
        hub.stop()


def test_a_drawing_that_fails_stops_nobody_else(hub: Hub, stack: ExitStack, campaign: Campaign) -> None:
    class Broken(Reader):
        def draw(self, state: State) -> dict[str, str]:
            raise ZeroDivisionError

    Listener(stack, hub, campaign, "broken", Broken())
    listener = Listener(stack, hub, campaign, "whole")
    tell(campaign, sent_count=1)
    assert listener.hears("[1]")


def test_whoever_has_left_is_forgotten(hub: Hub, campaign: Campaign) -> None:
    with ExitStack() as first:
        Listener(first, hub, campaign)
        with ExitStack() as second:
            Listener(second, hub, campaign, "other")
        assert campaign.id in hub._readers
    assert not hub._readers


def test_a_slow_reader_keeps_the_latest_of_each_fragment_and_no_more() -> None:
    woken: list[int] = []
    mailbox = Mailbox(uuid.uuid4(), lambda: woken.append(1))
    for number in range(10_000):
        mailbox.put({"bar": f"bar {number} ", "stats": f"stats {number}"})
    assert mailbox.take() == "bar 9999 stats 9999"
    assert mailbox.take() == ""
    assert len(woken) == 10_000


def test_an_ended_session_puts_its_sockets_in_doubt(hub: Hub, stack: ExitStack, campaign: Campaign) -> None:
    mine, other = Listener(stack, hub, campaign), Listener(stack, hub, campaign)
    for entered in (mine, other):
        entered.mailbox.is_doubted = False
    departures.tell(mine.mailbox.user_id)
    db.session.commit()
    assert eventually(lambda: mine.mailbox.is_doubted)
    assert not other.mailbox.is_doubted


def test_nobody_has_more_than_twenty_seats(hub: Hub) -> None:
    person, other = uuid.uuid4(), uuid.uuid4()
    assert all(hub.take_seat(person) for _ in range(SEATS))
    assert not hub.take_seat(person)
    assert hub.take_seat(other)
    hub.leave_seat(person)
    assert hub.take_seat(person)


def test_a_hub_that_stops_sends_everybody_away(hub: Hub, stack: ExitStack, campaign: Campaign) -> None:
    listener = Listener(stack, hub, campaign)
    hub.stop()
    assert listener.mailbox.is_closed


def seconds(*pairs: tuple[float, int]) -> Pace:
    return Pace.of((NOON + timedelta(seconds=at), sent) for at, sent in pairs)


def test_the_rate_is_that_of_the_last_ten_seconds_and_falls_when_nothing_comes() -> None:
    pace = seconds((0, 0), (4, 400), (8, 800), (12, 1200))
    assert pace.rate(NOON + timedelta(seconds=12)) == pytest.approx(100)
    assert pace.rate(NOON + timedelta(seconds=17)) == pytest.approx(50)
    assert pace.rate(NOON + timedelta(seconds=60)) == 0


def test_a_rate_is_known_from_the_first_seconds_on() -> None:
    assert seconds((0, 0), (2, 160)).rate(NOON + timedelta(seconds=2)) == pytest.approx(80)
    assert Pace().rate(NOON) == 0


def test_nothing_moved_in_a_gap_between_two_samples() -> None:
    pace = seconds((0, 100), (300, 200))
    assert pace.sent_at(NOON + timedelta(seconds=150)) == 100
    assert pace.sent_at(NOON + timedelta(seconds=300)) == 200


def test_samples_within_a_second_are_one() -> None:
    pace = seconds((0, 0))
    for quarter in range(1, 41):
        pace.add(NOON + timedelta(seconds=quarter / 4), quarter)
    assert len(pace.samples) <= 15
    assert pace.sent_at(NOON + timedelta(seconds=10)) == 40


def test_the_drawing_of_the_last_minutes_stands_still_between_two_steps() -> None:
    pace = seconds(*((n, 80 * n) for n in range(400)))
    drawn = pace.recent(NOON + timedelta(seconds=390))
    assert drawn[:-1] == pace.recent(NOON + timedelta(seconds=394))[:-1]
    assert len(drawn) == CHART_POINTS + 1
    assert drawn[-2] == pytest.approx(80)


def test_the_drawing_ends_with_the_figure_beside_it() -> None:
    pace, now = seconds((0, 0), (1, 12), (2, 24)), NOON + timedelta(seconds=2)
    assert pace.recent(now)[-1] == pace.rate(now) == 12


def test_a_short_run_is_drawn_in_fewer_steps_and_a_moment_not_at_all() -> None:
    assert seconds((0, 0), (1, 900)).whole(NOON, NOON + timedelta(seconds=1)) == []
    assert seconds((0, 0), (1, 5), (2, 15)).whole(NOON, NOON + timedelta(seconds=2)) == [5, 10]
    assert len(seconds((0, 0), (600, 900)).whole(NOON, NOON + timedelta(seconds=600))) == CHART_POINTS


def test_a_page_that_opens_knows_the_pace_from_the_samples(owner: Person) -> None:
    now = datetime.now(UTC)
    campaign = make_running(owner.tenant_id, total=2000, started_at=now - timedelta(minutes=20))
    count(campaign, sent_count=1000, failed_count=100)
    db.session.add_all(
        CampaignSample(
            tenant_id=owner.tenant_id,
            campaign_id=campaign.id,
            at=now - timedelta(seconds=4 * n),
            sent_count=1000 - 40 * n,
        )
        for n in range(1, 10)
    )
    db.session.commit()
    seen = watch.load(owner.tenant_id, campaign.id)
    assert seen is not None
    state = seen.state()
    assert state.rate == pytest.approx(10, rel=0.2)
    # 900 are waiting, and of eleven that are tried ten are sent.
    assert state.seconds_left == pytest.approx(900 / 11, rel=0.2)
    assert state.is_held, "without a number nothing leaves"


def test_pauses_do_not_count_in_the_average(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=100)
    campaign.ran_since = datetime.now(UTC) - timedelta(seconds=10)
    db.session.commit()
    moves.pause(owner.tenant_id, campaign.id)
    assert campaign.ran_seconds == pytest.approx(10, abs=2)
    assert campaign.ran_since is None
    campaign.started_at = datetime.now(UTC) - timedelta(hours=1)
    count(campaign, sent_count=100)
    moves.cancel(owner.tenant_id, campaign.id)
    seen = watch.load(owner.tenant_id, campaign.id)
    assert seen is not None
    assert seen.state().rate == pytest.approx(10, abs=2)
