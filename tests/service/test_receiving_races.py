"""A callback and the sender of its message come in any order, and at once: neither undoes what the other wrote."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask, current_app
from sqlalchemy import text

from tests.callbacks import (
    arrive,
    history,
    inbox,
    make_running,
    post,
    recipients,
    send,
    status_of,
    statuses_of,
    work,
)
from tests.campaigning import check_counts, statuses
from tests.people import Person
from webapp.db import act_for, as_owner, db
from webapp.models.campaigns import Campaign
from webapp.models.recipients import Recipient
from webapp.models.sending import SendRetry
from webapp.providers.base import Accepted, Doubt, Outcome, Unknown
from webapp.sending import sweep
from webapp.sending.gate import Window, gate
from webapp.sending.lease import claim
from webapp.sending.results import result_of
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.services.receiving import apply as receiving


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    made = Store(current_app.config["CRIER"].database_url)
    yield made
    made.close()


def on_the_wire(store: Store, campaign: Campaign) -> Window:
    batch = claim(store, campaign.tenant_id, campaign.id, 60)
    assert batch is not None
    window = gate(store, batch, len(batch.rows), lease_seconds=60, post_seconds=30)
    assert window is not None
    for row in window.rows:
        row.content = "Hello Dana"
    return window


def settled(store: Store, campaign: Campaign, window: Window, outcome: Callable[[int], Outcome]) -> None:
    results = [result_of(row, outcome(row.recipient)) for row in window.rows]
    assert campaign.whatsapp_instance_id is not None
    settle(store, [(window, results)], instance_id=campaign.whatsapp_instance_id, type="text")
    db.session.expire_all()


def accepted(number: int) -> Outcome:
    return Accepted(f"wamid.{number}", "49151")


def doubtful(_number: int) -> Outcome:
    return Unknown(Doubt.TIMEOUT)


@pytest.mark.parametrize("outcome", [accepted, doubtful])
def test_a_callback_that_is_quicker_than_the_answer_is_not_undone(
    app: Flask, owner: Person, store: Store, outcome: Callable[[int], Outcome]
) -> None:
    campaign, instance = make_running(owner.tenant_id, 2, message="Hello {{name}}")
    window = on_the_wire(store, campaign)
    first, second = recipients(campaign)
    arrive(
        app,
        instance,
        statuses_of(instance, status_of(first, "delivered"), status_of(second, "failed", code=131026)),
    )
    assert statuses(campaign) == {"delivered": 1, "failed": 1}
    settled(store, campaign, window, outcome)
    assert statuses(campaign) == {"delivered": 1, "failed": 1}
    check_counts(campaign)
    told = {
        row.message_id: (row.content, row.status, row.direction, row.type) for row in history(owner.tenant_id)
    }
    assert told == {
        f"wamid.{first.number}": ("Hello Person 0", "delivered", "out", "text"),
        f"wamid.{second.number}": ("Hello Person 1", "failed", "out", "text"),
    }
    assert [row.message_id for row in recipients(campaign)] == [
        f"wamid.{first.number}",
        f"wamid.{second.number}",
    ]


def test_a_callback_makes_the_uncertain_certain(app: Flask, owner: Person, store: Store) -> None:
    campaign, instance = make_running(owner.tenant_id, 3)
    on_the_wire(store, campaign)
    with as_owner() as connection:
        connection.execute(text("update send_batches set lease_until = now() - interval '1 second'"))
        for found in sweep.overdue(connection):
            sweep.sweep(connection, *found)
    act_for(owner.tenant_id)
    db.session.expire_all()
    assert statuses(campaign) == {"uncertain": 3}
    first, second, _ = recipients(campaign)
    arrive(
        app,
        instance,
        statuses_of(instance, status_of(first, "sent"), status_of(second, "failed", code=131026)),
    )
    assert statuses(campaign) == {"uncertain": 1, "sent": 1, "failed": 1}
    assert (first.message_id, first.error_message) == (f"wamid.{first.number}", None)
    assert [row.content for row in history(owner.tenant_id)] == ["Hello", "Hello"]
    check_counts(campaign)


@contextmanager
def held(campaign: Campaign) -> Iterator[None]:
    """The rows of a campaign are locked by somebody else meanwhile: who wants them stands in line."""
    url = current_app.config["CRIER"].database_url
    with psycopg.connect(url) as connection:
        connection.execute(
            "select from campaign_recipients where campaign_id = %s for update", (campaign.id,)
        )
        yield


def in_line(how_many: int) -> None:
    """Wait until so many sessions stand in line for a lock."""
    end = time.monotonic() + 10
    query = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
    while time.monotonic() < end:
        with as_owner() as connection:
            if (connection.scalar(query) or 0) >= how_many:
                return
        time.sleep(0.01)
    raise AssertionError("nobody stands in line")


def apply_elsewhere(app: Flask, tenant_id: uuid.UUID) -> threading.Thread:
    def run() -> None:
        with app.app_context():
            receiving.apply(tenant_id)

    return threading.Thread(target=lambda: Context().run(run))


@pytest.mark.parametrize("settle_first", [True, False])
def test_a_callback_and_its_answer_at_the_same_moment(
    app: Flask, owner: Person, store: Store, settle_first: bool
) -> None:
    campaign, instance = make_running(owner.tenant_id, 5, message="Hello {{name}}")
    window = on_the_wire(store, campaign)
    news = statuses_of(instance, *(status_of(row, "read") for row in recipients(campaign)))
    assert post(app, instance.id, news).status_code == 200
    db.session.commit()

    def run_settle() -> None:
        with app.app_context():
            results = [result_of(row, accepted(row.recipient)) for row in window.rows]
            settle(store, [(window, results)], instance_id=instance.id, type="text")

    threads = [threading.Thread(target=run_settle), apply_elsewhere(app, owner.tenant_id)]
    with held(campaign):
        for place, thread in enumerate(threads if settle_first else reversed(threads), 1):
            thread.start()
            in_line(place)
    for thread in threads:
        thread.join(10)
    db.session.expire_all()
    assert statuses(campaign) == {"read": 5}
    rows = history(owner.tenant_id)
    assert [row.status for row in rows] == ["read"] * 5
    assert all(row.read_at for row in rows)
    check_counts(campaign)
    assert all(row.applied_at for row in inbox(owner.tenant_id))


def test_two_who_lock_each_other_up_try_again(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    first, second = (row.number for row in recipients(campaign))
    news = statuses_of(instance, *(status_of(row, "read") for row in recipients(campaign)))
    assert post(app, instance.id, news).status_code == 200
    db.session.commit()
    touch = "update campaign_recipients set error_message = null where number = %s"
    thread = apply_elsewhere(app, owner.tenant_id)
    with psycopg.connect(current_app.config["CRIER"].database_url) as connection:
        connection.execute(touch, (second,))
        thread.start()
        in_line(1)
        connection.execute(touch, (first,))
    thread.join(10)
    db.session.expire_all()
    assert statuses(campaign) == {"read": 2}
    check_counts(campaign)


def test_two_workers_share_an_inbox(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 50)
    send(campaign)
    for name in ("read", "sent", "delivered", "sent"):
        for row in recipients(campaign):
            post(app, instance.id, statuses_of(instance, status_of(row, name)))
    db.session.commit()
    threads = [apply_elsewhere(app, owner.tenant_id) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    work(owner.tenant_id)
    assert statuses(campaign) == {"read": 50}
    check_counts(campaign)
    assert all(row.applied_at for row in inbox(owner.tenant_id))


def try_again(campaign: Campaign, recipient: Recipient, number: int | None = None) -> None:
    """As a person does with somebody who was not reached."""
    db.session.add(
        SendRetry(
            tenant_id=campaign.tenant_id,
            campaign_id=campaign.id,
            recipient_number=recipient.number,
            attempt=2,
            not_before=datetime.now(UTC),
            number=number,
            is_by_person=True,
        )
    )
    recipient.status, recipient.message_id, recipient.error_code = "pending", None, None
    db.session.commit()


@pytest.mark.parametrize("number", [None, 10**9], ids=["waiting", "on the wire"])
@pytest.mark.parametrize("tracker", [True, False])
def test_late_news_of_a_failed_attempt_say_nothing_of_the_next(
    app: Flask, owner: Person, number: int | None, tracker: bool
) -> None:
    campaign, instance = make_running(owner.tenant_id, 1)
    send(campaign)
    (row,) = recipients(campaign)
    old = [status_of(row, "sent", at=1), status_of(row, "failed", at=2, code=131049)]
    if not tracker:
        old = [item | {"biz_opaque_callback_data": ""} for item in old]
    arrive(app, instance, statuses_of(instance, *old))
    assert row.status == "failed"
    try_again(campaign, row, number)
    for item in (*old, *reversed(old)):
        arrive(app, instance, statuses_of(instance, item))
        assert (row.status, row.error_code) == ("pending", None)


def test_an_attempt_that_failed_after_the_next_was_asked_for_is_only_history(
    app: Flask, owner: Person, store: Store
) -> None:
    campaign, instance = make_running(owner.tenant_id, 1)
    settled(store, campaign, on_the_wire(store, campaign), doubtful)
    (row,) = recipients(campaign)
    try_again(campaign, row)
    arrive(app, instance, statuses_of(instance, status_of(row, "failed", code=131026)))
    assert (row.status, row.error_code) == ("pending", None)
    assert [(told.status, told.error_code) for told in history(owner.tenant_id)] == [("failed", 131026)]


def test_an_attempt_that_was_thought_lost_is_found_by_its_news(
    app: Flask, owner: Person, store: Store
) -> None:
    campaign, instance = make_running(owner.tenant_id, 1)
    window = on_the_wire(store, campaign)
    settled(store, campaign, window, doubtful)
    (row,) = recipients(campaign)
    try_again(campaign, row, 10**9)
    arrive(app, instance, statuses_of(instance, status_of(row, "sent")))
    assert (row.status, row.message_id) == ("sent", f"wamid.{row.number}"), "the next attempt need not go"


def test_news_of_a_retry_reach_its_recipient(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign, "failed")
    row, other = recipients(campaign)
    try_again(campaign, row, 10**9)
    from tests.callbacks import tracker_of

    again = status_of(row, "delivered", id="wamid.again", biz_opaque_callback_data=tracker_of(10**9))
    arrive(app, instance, statuses_of(instance, again))
    assert (row.status, row.message_id) == ("delivered", "wamid.again")
    assert other.status == "failed"
    assert [(told.message_id, told.status) for told in history(owner.tenant_id)] == [
        ("wamid.again", "delivered")
    ]
