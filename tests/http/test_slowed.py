"""The live page says why it is slow, and stops saying so when it is as fast as before."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from tests.campaigning import make_instance
from tests.people import Person
from tests.watching import make_running
from webapp import broker
from webapp.db import db
from webapp.models.campaigns import Campaign
from webapp.models.tenants import Tenant
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import counts, progress, slowness
from webapp.services.campaigns.figures import Figures

ZONE = "Pacific/Auckland"


def slowed(owner: Person, code: int = 130429, hold: float = 0) -> tuple[Campaign, WhatsAppInstance]:
    db.session.get_one(Tenant, owner.tenant_id).time_zone = ZONE
    instance = make_instance(owner.tenant_id, per_second=80)
    campaign = make_running(owner.tenant_id, whatsapp_instance_id=instance.id)
    slowness.slow_down(broker.redis(), [instance.id], code, hold)
    return campaign, instance


def page(owner: Person, campaign: Campaign) -> str:
    return owner.get(f"/campaigns/{campaign.id}").text


def pass_time(instance: WhatsAppInstance, seconds: float) -> None:
    for field in ("at", "since"):
        broker.redis().hincrbyfloat(slowness.key(instance.id), field, -1000 * seconds)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (130429, "the number&#39;s throughput limit"),
        (80007, "the limit of calls of its WhatsApp account"),
        (613, "a limit of WhatsApp&#39;s"),
    ],
)
def test_it_says_how_slow_since_when_in_the_tenants_zone_and_why(owner: Person, code: int, why: str) -> None:
    campaign, instance = slowed(owner, code)
    state = slowness.of(broker.redis(), instance.id)
    assert state is not None
    at = state.at.astimezone(ZoneInfo(ZONE)).strftime("%H:%M")
    assert f"Slowed to 40 a second at {at}: {why}." in page(owner, campaign)


def test_it_tells_the_present_pace_and_disappears_when_that_has_recovered(owner: Person) -> None:
    campaign, instance = slowed(owner)
    pass_time(instance, 11)
    assert "at the moment it may send 56" in page(owner, campaign)
    pass_time(instance, 15)
    assert "Slowed to" not in page(owner, campaign)


def test_it_tells_how_long_whatsapp_asks_to_wait(owner: Person) -> None:
    campaign, _ = slowed(owner, hold=120)
    assert "WhatsApp asks to wait until" in page(owner, campaign)


def test_a_campaign_that_does_not_run_is_not_slow(owner: Person) -> None:
    campaign, _ = slowed(owner)
    campaign.status, campaign.paused_reason = "paused", "person"
    db.session.commit()
    assert "Slowed to" not in page(owner, campaign)


def test_frames_carry_it_and_so_ask_no_database(owner: Person) -> None:
    campaign, _ = slowed(owner)
    listener = broker.redis().pubsub()
    listener.subscribe(progress.CHANNEL)
    listener.get_message(timeout=1)
    told = counts.read(owner.tenant_id, campaign.id)
    asked: list[str] = []
    watch = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", watch)
    try:
        progress.publish_from(broker.redis(), owner.tenant_id, campaign.id, lambda: told, True)
    finally:
        event.remove(db.engine, "before_cursor_execute", watch)
    assert asked == []
    message = listener.get_message(timeout=2)
    assert message is not None
    listener.close()
    figures = Figures.of(json.loads(message["data"]))
    assert figures.slowed is not None
    assert figures.slowed.factor == 0.5
    assert abs(figures.slowed.at - datetime.now(UTC)) < timedelta(seconds=10)
