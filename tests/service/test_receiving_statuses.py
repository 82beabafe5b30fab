"""Statuses: whatever their order and number, each recipient ends where the provider's news put them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.callbacks import (
    BEGAN,
    arrive,
    ask_again_now,
    history,
    inbox,
    make_running,
    post,
    recipients,
    send,
    status_of,
    statuses_of,
    tracker_of,
    work,
)
from tests.campaigning import check_counts, make_instance, statuses
from tests.people import Person
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign, CampaignFailure
from webapp.models.events import Event
from webapp.models.recipients import Recipient
from webapp.models.webhooks import Webhook
from webapp.services.instance_secrets import seal

TIMES = {"sent": 1, "delivered": 3, "read": 60, "failed": 90}


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(BEGAN + seconds, UTC)


def told(recipient: Recipient, status: str) -> dict[str, Any]:
    return status_of(recipient, status, at=TIMES[status], code=131026 if status == "failed" else None)


def failures(campaign: Campaign) -> dict[int, int]:
    """What the campaign counts by error, which must be what its rows say."""
    query = select(CampaignFailure.error_code, CampaignFailure.count).where(CampaignFailure.count != 0)
    counted = dict(db.session.execute(query).all())
    rows = [row.error_code or 0 for row in recipients(campaign) if row.status == "failed"]
    assert counted == {code: rows.count(code) for code in rows}
    return counted


def picture(tenant_id: object) -> list[Sequence[Any]]:
    """Everything that callbacks may change, row by row."""
    tables = (
        "campaign_recipients",
        "messages_history",
        "campaign_counts",
        "campaign_failures",
        "events",
        "opt_outs",
    )
    return [sorted(map(str, db.session.execute(text(f"select * from {table}")).all())) for table in tables]


def test_a_message_goes_from_accepted_to_read_with_the_times_of_its_own_news(
    app: Flask, owner: Person
) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    first, *_ = recipients(campaign)
    arrive(
        app, instance, *(statuses_of(instance, told(first, name)) for name in ("sent", "delivered", "read"))
    )
    assert statuses(campaign) == {"read": 1, "accepted": 2}
    assert [first.sent_at, first.delivered_at, first.read_at] == [moment(1), moment(3), moment(60)]
    assert [row.status for row in history(owner.tenant_id)].count("read") == 1
    check_counts(campaign)
    assert all(row.applied_at and row.error is None for row in inbox(owner.tenant_id))


@pytest.mark.parametrize(
    ("names", "final", "code"),
    [
        (("sent", "delivered", "read", "failed"), "read", None),
        (("sent", "delivered", "failed"), "delivered", None),
        (("sent", "failed"), "failed", 131026),
        (("read",), "read", None),
    ],
)
def test_every_order_of_the_same_news_ends_the_same(
    app: Flask, owner: Person, names: tuple[str, ...], final: str, code: int | None
) -> None:
    orders = list(permutations(names))
    campaign, instance = make_running(owner.tenant_id, len(orders))
    send(campaign)
    rows = recipients(campaign)
    for step in range(len(names)):
        news = [told(row, order[step]) for row, order in zip(rows, orders, strict=True)]
        arrive(app, instance, statuses_of(instance, *news))
        check_counts(campaign)
        failures(campaign)
    times = {f"{name}_at": moment(TIMES[name]) for name in names}
    for row in recipients(campaign):
        assert (row.status, row.error_code) == (final, code)
        assert {name: getattr(row, name) for name in times} == times
    assert {(row.status, row.error_code) for row in history(owner.tenant_id)} == {(final, code)}


def test_news_in_one_body_and_in_many_end_the_same(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    together, apart = recipients(campaign)
    arrive(app, instance, statuses_of(instance, *(told(together, name) for name in TIMES)))
    for name in reversed(TIMES):
        arrive(app, instance, statuses_of(instance, told(apart, name)))
    ends = [
        (
            row.status,
            row.sent_at,
            row.delivered_at,
            row.read_at,
            row.failed_at,
            row.error_code,
            row.error_message,
        )
        for row in recipients(campaign)
    ]
    assert ends[0] == ends[1]
    assert ends[0][0] == "read"
    assert [row.error_code for row in history(owner.tenant_id)] == [None, None]


@pytest.mark.parametrize("together", [True, False])
def test_of_two_times_for_one_thing_the_earlier_is_kept(app: Flask, owner: Person, together: bool) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    rows = recipients(campaign)
    news = [
        [status_of(row, "delivered", at=at) for at in order]
        for row, order in zip(rows, ((5, 9), (9, 5)), strict=True)
    ]
    items = [*news[0], *news[1]]
    for part in [items] if together else [[item] for item in items]:
        arrive(app, instance, statuses_of(instance, *part))
    assert [row.delivered_at for row in recipients(campaign)] == [moment(5), moment(5)]
    assert [row.delivered_at for row in history(owner.tenant_id)] == [moment(5), moment(5)]


def test_repeated_callbacks_change_nothing(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 4)
    db.session.add(
        Webhook(
            tenant_id=owner.tenant_id,
            name="w",
            url="https://x",
            secret="s",
            events=["message_status_changed"],
        )
    )
    db.session.commit()
    send(campaign)
    bodies = [
        statuses_of(instance, *(told(row, name) for name in names))
        for row, names in zip(
            recipients(campaign),
            [("sent",), ("sent", "failed"), ("sent", "delivered"), ("failed", "read")],
            strict=True,
        )
    ]
    arrive(app, instance, *bodies)
    before = picture(owner.tenant_id)
    arrive(app, instance, *bodies, *reversed(bodies))
    assert picture(owner.tenant_id) == before


def test_a_time_in_the_future_becomes_now_and_a_missing_one_the_time_of_arrival(
    app: Flask, owner: Person
) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    future, timeless = recipients(campaign)
    arrive(
        app,
        instance,
        statuses_of(
            instance,
            status_of(future, "delivered", timestamp=str(BEGAN + 10**6)),
            status_of(timeless, "delivered", timestamp="soon"),
        ),
    )
    for row in recipients(campaign):
        assert row.delivered_at is not None
        assert abs((datetime.now(UTC) - row.delivered_at).total_seconds()) < 60


def test_a_failure_that_turns_out_to_be_delivered_leaves_no_trace_in_the_counts(
    app: Flask, owner: Person
) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    one, other = recipients(campaign)
    arrive(app, instance, statuses_of(instance, told(one, "failed"), told(other, "failed")))
    assert failures(campaign) == {131026: 2}
    assert one.error_message == "Trouble 131026."
    arrive(app, instance, statuses_of(instance, told(one, "delivered")))
    assert failures(campaign) == {131026: 1}
    assert (one.status, one.error_code, one.error_message) == ("delivered", None, None)
    check_counts(campaign)


def test_a_message_without_our_tracker_is_known_by_its_id(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    without, foreign = recipients(campaign)
    arrive(
        app,
        instance,
        statuses_of(
            instance,
            status_of(without, "delivered", biz_opaque_callback_data=None),
            status_of(foreign, "read", biz_opaque_callback_data="c42:r1001:a1"),
        ),
    )
    assert [row.status for row in recipients(campaign)] == ["delivered", "read"]
    check_counts(campaign)


def test_messages_of_nobody_here_are_kept_and_make_no_rows(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    first, *_ = recipients(campaign)
    before = picture(owner.tenant_id)
    number = 10**9
    arrive(
        app,
        instance,
        statuses_of(
            instance,
            status_of(first, "read", id="wamid.other", biz_opaque_callback_data="c1:r2:a3"),
            status_of(first, "read", id="wamid.ours", biz_opaque_callback_data=tracker_of(number)),
            status_of(
                first, "read", id="wamid.forged", biz_opaque_callback_data=tracker_of(first.number)[:-1] + "x"
            ),
        ),
    )
    assert picture(owner.tenant_id) == before
    (row,) = inbox(owner.tenant_id)
    assert row.error == "unknown message: 3"
    assert row.applied_at is not None


def test_an_unknown_message_is_asked_for_again_until_its_sender_wrote_it_down(
    app: Flask, owner: Person
) -> None:
    campaign, instance = make_running(owner.tenant_id)
    first, *_ = recipients(campaign)
    arrive(app, instance, statuses_of(instance, status_of(first, "read", biz_opaque_callback_data=None)))
    assert [row.applied_at for row in inbox(owner.tenant_id)] == [None]
    send(campaign)
    work(owner.tenant_id)
    assert statuses(campaign) == {"accepted": 3}, "it is not due yet"
    ask_again_now(owner.tenant_id)
    assert statuses(campaign) == {"read": 1, "accepted": 2}
    (row,) = inbox(owner.tenant_id)
    assert row.applied_at is not None
    assert row.error is None
    check_counts(campaign)


def test_an_unknown_message_is_not_asked_for_forever(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    first, *_ = recipients(campaign)
    arrive(app, instance, statuses_of(instance, status_of(first, "read", biz_opaque_callback_data=None)))
    for _ in range(4):
        assert inbox(owner.tenant_id)[0].applied_at is None
        ask_again_now(owner.tenant_id)
    (row,) = inbox(owner.tenant_id)
    assert row.applied_at is not None
    assert row.error == "unknown message: 1"


def test_another_tenants_messages_can_not_be_named(app: Flask, owner: Person, stranger: Person) -> None:
    campaign, _ = make_running(owner.tenant_id)
    send(campaign)
    before = picture(owner.tenant_id)
    news = [told(row, "failed") for row in recipients(campaign)]
    untracked = [item | {"biz_opaque_callback_data": ""} for item in news]
    act_for(stranger.tenant_id)
    theirs = make_instance(stranger.tenant_id)
    arrive(app, theirs, statuses_of(theirs, *news), statuses_of(theirs, *untracked))
    assert history(stranger.tenant_id) == []
    act_for(owner.tenant_id)
    db.session.expire_all()
    assert picture(owner.tenant_id) == before


def test_a_number_speaks_only_for_its_own_campaigns(app: Flask, owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id)
    send(campaign)
    other = make_instance(owner.tenant_id)
    before = picture(owner.tenant_id)
    news = [told(row, "read") for row in recipients(campaign)]
    arrive(app, other, statuses_of(other, *news))
    assert picture(owner.tenant_id) == before
    assert [row.error for row in inbox(owner.tenant_id)] == ["unknown message: 3"]


def test_one_address_brings_news_of_all_numbers_of_an_app(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    other = make_instance(owner.tenant_id)
    arrive(app, other, statuses_of(instance, *(told(row, "read") for row in recipients(campaign))))
    assert statuses(campaign) == {"read": 3}


def test_an_address_of_another_app_and_account_says_nothing_of_a_number(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    other = make_instance(owner.tenant_id)
    seal(other, {"app_secret": "the secret of another app"})
    db.session.commit()
    raw = statuses_of(instance, *(told(row, "read") for row in recipients(campaign)))
    assert post(app, other.id, raw, secret="the secret of another app").status_code == 200
    work(owner.tenant_id)
    assert statuses(campaign) == {"accepted": 3}
    assert [row.error for row in inbox(owner.tenant_id)] == ["not our number: 3"]


def test_nothing_is_heard_of_a_number_in_the_trash(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    other = make_instance(owner.tenant_id)
    instance.deleted_at = datetime.now(UTC)
    db.session.commit()
    arrive(app, other, statuses_of(instance, *(told(row, "read") for row in recipients(campaign))))
    assert statuses(campaign) == {"accepted": 3}
    assert [row.error for row in inbox(owner.tenant_id)] == ["not our number: 3"]


def test_statuses_are_told_only_to_webhooks_that_asked(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    first, second = recipients(campaign)

    def events() -> list[Event]:
        query = Event.of(owner.tenant_id).where(Event.type == "message_status_changed")
        return list(db.session.scalars(query.order_by(Event.sequence)))

    hook = Webhook(tenant_id=owner.tenant_id, name="all", url="https://x.example", secret="s", events=[])
    db.session.add(hook)
    db.session.commit()
    arrive(app, instance, statuses_of(instance, told(first, "sent")))
    assert events() == [], "who asked for nothing in particular does not get every message"
    hook.events = ["message_status_changed"]
    db.session.commit()
    arrive(app, instance, statuses_of(instance, told(first, "delivered"), told(second, "failed")))
    arrive(app, instance, statuses_of(instance, told(first, "sent"), told(first, "delivered")))
    payloads = {event.payload["messageId"]: event.payload for event in events()}
    assert len(events()) == 2
    delivered, failed = payloads[f"wamid.{first.number}"], payloads[f"wamid.{second.number}"]
    assert (delivered["previousStatus"], delivered["status"], delivered["errorCode"]) == (
        "sent",
        "delivered",
        None,
    )
    assert (failed["status"], failed["errorCode"], failed["errorMessage"]) == (
        "failed",
        131026,
        "Trouble 131026.",
    )
    assert delivered["campaignId"] == str(campaign.id)
