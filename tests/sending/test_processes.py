"""The program as its processes: a whole campaign until everyone has read, and a worker that is killed on the way."""

from collections import Counter
from pathlib import Path

from tests.campaigning import Simulator, check_counts, make_campaign, make_instance, make_people, statuses
from tests.people import Person
from tests.processes import House, running_house, wait_until
from webapp import broker
from webapp.config import Settings
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.services.campaigns import moves


def started(owner: Person, house: House, count: int, *, per_second: int = 1000) -> Campaign:
    """A campaign to `count` people from a number whose callbacks come back to this house."""
    make_people(owner.tenant_id, count)
    instance = make_instance(owner.tenant_id, house.provider.url, per_second=per_second)
    address = f"{house.url}/callbacks/whatsapp/{instance.id}"
    house.provider.ask(
        "numbers",
        phoneNumberId=instance.phone_number_id,
        url=address,
        businessAccountId=instance.business_account_id,
    )
    campaign = make_campaign(owner.tenant_id, instance, status="draft", message="Hello {{name}}")
    moves.start(owner.tenant_id, campaign.id)
    return campaign


def fresh(campaign: Campaign) -> Campaign:
    db.session.rollback()
    act_for(campaign.tenant_id)
    db.session.expire_all()
    return campaign


def is_over(campaign: Campaign) -> bool:
    return fresh(campaign).status == "completed"


def reached_once(provider: Simulator, count: int) -> bool:
    return provider.times_reached() == Counter({f"+{4915100000000 + n}": 1 for n in range(count)})


def test_a_campaign_runs_until_everyone_has_read_it_once(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    with running_house(tmp_path, settings) as house:
        campaign = started(owner, house, 500)
        wait_until(lambda: is_over(campaign), 60)
        wait_until(lambda: statuses(fresh(campaign))["read"] == 500, 60)
        assert reached_once(house.provider, 500)
        check_counts(campaign)
        wait_until(lambda: fresh(campaign).read_count == 500, 10)


def test_a_killed_sender_loses_nobody_and_doubles_nobody(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    with running_house(tmp_path, settings, stall=0.02, stall_seconds=1) as house:
        campaign = started(owner, house, 2000, per_second=500)
        for kill in range(3):
            already = len(house.provider.ledger())
            wait_until(lambda already=already: len(house.provider.ledger()) > already + 100, 60)
            house.kill(f"send{kill}")
            house.start(f"send{kill + 1}", "worker.py", "send")
        wait_until(lambda: is_over(campaign), 90)
        # What the provider accepted is told by its callbacks; only what it never got may stay uncertain.
        wait_until(lambda: statuses(fresh(campaign))["read"] == len(house.provider.ledger()), 60)
        found, times = statuses(campaign), house.provider.times_reached()
        assert set(times.values()) == {1}
        assert found["read"] + found["uncertain"] == 2000
        assert found["uncertain"] <= 3 * 128
        check_counts(campaign)


def test_an_emptied_redis_delays_and_loses_nothing(owner: Person, settings: Settings, tmp_path: Path) -> None:
    with running_house(tmp_path, settings) as house:
        campaign = started(owner, house, 600, per_second=200)
        wait_until(lambda: len(house.provider.ledger()) > 50, 30)
        broker.redis().flushall()
        wait_until(lambda: statuses(fresh(campaign))["read"] == 600, 90)
        assert reached_once(house.provider, 600)
        check_counts(campaign)


def test_workers_that_are_asked_to_stop_leave_nothing_uncertain(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    with running_house(tmp_path, settings) as house:
        campaign = started(owner, house, 400, per_second=200)
        wait_until(lambda: len(house.provider.ledger()) > 50, 30)
        house.processes["send0"].terminate()
        house.processes.pop("send0").wait(40)
        accepted = len(house.provider.ledger())
        assert 0 < accepted < 400
        house.start("send1", "worker.py", "send")
        wait_until(lambda: statuses(fresh(campaign))["read"] == 400, 60)
        assert reached_once(house.provider, 400)
