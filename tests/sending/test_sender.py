"""The whole way of a send, against the simulator, in this process."""

import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import select, text

from tests.campaigning import check_counts, make_campaign, make_instance, make_people, simulator, statuses
from tests.people import Person
from webapp import broker
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.messages_history import Message
from webapp.models.recipients import Recipient
from webapp.sending import plan, rounds
from webapp.sending.slice import Sender
from webapp.services import outgoing
from webapp.services.campaigns import moves
from webapp.services.instance_secrets import seal


def send(campaign: Campaign, seconds: float = 20) -> None:
    """Serve until nothing is left, as one worker would."""
    with closing(Sender(current_app.config["CRIER"], outgoing.rules(), broker.redis())) as sender:
        sender.serve(lambda: False, seconds)
    act_for(campaign.tenant_id)
    db.session.expire_all()


def send_with_retries(campaign: Campaign, seconds: float = 30) -> None:
    """Serve slice after slice, as the clock's bells do, until nobody is pending."""
    give_up = time.monotonic() + seconds
    while statuses(campaign)["pending"] and time.monotonic() < give_up:
        send(campaign)
        time.sleep(0.1)


def planned(owner: Person, url: str, count: int, *, per_second: int = 1000, **fields: object) -> Campaign:
    make_people(owner.tenant_id, count)
    campaign = make_campaign(
        owner.tenant_id, make_instance(owner.tenant_id, url, per_second=per_second), **fields
    )
    plan.plan(owner.tenant_id, campaign.id)
    return campaign


def test_everyone_is_reached_once(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 300, message="Hi {{first name}}")
        send(campaign)
        assert statuses(campaign) == {"accepted": 300}
        assert set(provider.times_reached().values()) == {1}
        assert len(provider.ledger()) == 300
        assert {entry["body"] for entry in provider.ledger()} == {"Hi Person"}
    check_counts(campaign)
    messages = db.session.scalars(select(Message)).all()
    assert len(messages) == 300
    ids = dict(db.session.execute(select(Recipient.phone_number, Recipient.message_id)).all())
    assert ids == {entry["to"]: entry["messageId"] for entry in provider.ledger()}


def test_what_was_provably_not_accepted_is_sent_again_and_reaches_everyone_once(
    owner: Person, tmp_path: Path
) -> None:
    with simulator(tmp_path, server_error=0.2, rate_limited=0.1, reset=0.0, seed=3) as provider:
        campaign = planned(owner, provider.url, 60)
        send_with_retries(campaign)
        assert statuses(campaign) == {"accepted": 60}
        assert sorted(provider.times_reached().values()) == [1] * 60
    check_counts(campaign)


def test_an_unknown_outcome_is_uncertain_and_never_sent_again(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path, drop=0.2, bad_gateway=0.2, garbage=0.2, seed=5) as provider:
        campaign = planned(owner, provider.url, 60)
        send(campaign)
        found = statuses(campaign)
        assert found["accepted"] + found["uncertain"] == 60
        assert found["uncertain"] > 10
        assert sorted(provider.times_reached().values()) == [1] * 60
    check_counts(campaign)


def test_a_refused_recipient_fails_with_its_reason(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path, invalid=1.0) as provider:
        campaign = planned(owner, provider.url, 3)
        send(campaign)
        assert statuses(campaign) == {"failed": 3}
        assert provider.ledger() == []
    check_counts(campaign)
    codes = db.session.execute(text("select error_code, count from campaign_failures")).all()
    assert [row.count for row in codes] == [3]
    act_for(owner.tenant_id)
    rounds.fold_all()
    for found in rounds.resting():
        rounds.call(moves.finish, found)
    assert (campaign.status, campaign.paused_reason) == ("completed", "all_failed")


def test_one_text_that_can_not_be_made_fails_alone(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path) as provider:
        make_people(owner.tenant_id, 3)
        db.session.execute(
            text("update contacts set name = repeat('x', 5000) where phone_number = '+4915100000001'")
        )
        db.session.commit()
        campaign = make_campaign(
            owner.tenant_id, make_instance(owner.tenant_id, provider.url), message="Hi {{name}}"
        )
        plan.plan(owner.tenant_id, campaign.id)
        send(campaign)
        assert statuses(campaign) == {"accepted": 2, "failed": 1}
        assert "+4915100000001" not in provider.times_reached()


def test_an_expired_token_pauses_the_number_and_its_campaigns_and_loses_nobody(
    owner: Person, tmp_path: Path
) -> None:

    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 300)
        instance = make_instance(owner.tenant_id, provider.url)
        seal(instance, {"access_token": "expired"})
        campaign.whatsapp_instance_id = instance.id
        db.session.commit()
        send(campaign)
        assert campaign.status == "paused"
        assert campaign.paused_reason == "error_190"
        assert instance.status == "paused"
        assert statuses(campaign) == {"pending": 300}
        assert provider.ledger() == []
    check_counts(campaign)


def test_a_paused_campaign_goes_on_where_it_stopped(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 120, per_second=60)
        send(campaign, 0.6)
        moves.pause(owner.tenant_id, campaign.id)
        before = len(provider.ledger())
        assert 0 < before < 120
        send(campaign, 0.5)
        assert len(provider.ledger()) == before
        moves.resume(owner.tenant_id, campaign.id)
        send(campaign)
        assert sorted(provider.times_reached().values()) == [1] * 120
    check_counts(campaign)


def test_a_cancelled_campaign_sums_up(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 100, per_second=50)
        send(campaign, 0.5)
        moves.cancel(owner.tenant_id, campaign.id)
        db.session.expire_all()
        found = statuses(campaign)
        assert found["cancelled"] > 0
        assert found["cancelled"] + found["accepted"] == 100
        assert len(provider.ledger()) == found["accepted"]
    check_counts(campaign)


def test_who_opts_out_while_it_runs_gets_nothing(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 20)
        db.session.execute(
            text(
                "insert into opt_outs (tenant_id, phone_key, source, at) values (:t, '4915100000007', 'page', now())"
            ),
            {"t": owner.tenant_id},
        )
        db.session.execute(text("update contacts set deleted_at = now() where phone_key = '4915100000008'"))
        db.session.commit()
        send(campaign)
        assert statuses(campaign) == {"accepted": 18, "skipped": 2}
        assert not {"+4915100000007", "+4915100000008"} & set(provider.times_reached())
    check_counts(campaign)


def test_an_edited_contact_gets_what_was_planned(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 1, message="Hi {{name}}")
        db.session.execute(text("update contacts set name = 'Other', phone_number = '+4915199999999'"))
        db.session.commit()
        send(campaign)
        assert [(entry["to"], entry["body"]) for entry in provider.ledger()] == [
            ("+4915100000000", "Hi Person 0")
        ]


def test_two_senders_share_a_campaign_and_send_nobody_twice(owner: Person, tmp_path: Path) -> None:

    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 3000)
        app = current_app._get_current_object()  # type: ignore[attr-defined]

        def serve() -> None:
            with (
                app.app_context(),
                closing(Sender(app.config["CRIER"], outgoing.rules(), broker.redis())) as sender,
            ):
                sender.serve(lambda: False, 20)

        threads = [threading.Thread(target=serve) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses(campaign) == {"accepted": 3000}
        assert len(provider.ledger()) == 3000
        assert set(provider.times_reached().values()) == {1}
    check_counts(campaign)


def test_the_pace_of_the_number_is_kept(owner: Person, tmp_path: Path) -> None:
    with simulator(tmp_path) as provider:
        campaign = planned(owner, provider.url, 150, per_second=50)
        send(campaign)
        times = sorted(entry["t"] for entry in provider.ledger())
        assert len(times) == 150
        most = max(sum(1 for t in times if start <= t < start + 1) for start in times)
        assert most <= 53  # the ledger may be 5 % above in any second


@pytest.mark.parametrize("count", [1, 7])
def test_a_number_without_pace_left_does_not_hold_up_another(
    owner: Person, tmp_path: Path, count: int
) -> None:
    with simulator(tmp_path) as provider:
        slow = planned(owner, provider.url, 50, per_second=1)
        quick = []
        for _ in range(count):
            campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id, provider.url))
            plan.plan(owner.tenant_id, campaign.id)
            quick.append(campaign)
        began = time.monotonic()
        send(slow, 3)
        assert time.monotonic() - began < 10
        for campaign in quick:
            assert statuses(campaign) == {"accepted": 50}
        assert 1 <= statuses(slow)["accepted"] <= 5
