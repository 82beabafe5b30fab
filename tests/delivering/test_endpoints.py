"""An endpoint that fails is left alone for longer and longer, and switched off when it does nothing else for five days."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.delivering.rig import deliver, endpoint, events, fresh, logs, make_due, move
from tests.people import Person
from tests.receiver import Receiver, receiver
from tests.webhooks import make_minute
from webapp import clock
from webapp.db import act_for, db
from webapp.delivering import rounds
from webapp.delivering.claim import claim
from webapp.models.audit_log import AuditEntry
from webapp.models.events import Event
from webapp.models.webhooks import Webhook, WebhookMinute
from webapp.services import webhook_logs, webhooks

DAY = (0.0, 86_400.0)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as started:
        yield started


def rest(webhook: Webhook) -> float:
    """Seconds that it still rests; negative when it does not."""
    until = fresh(webhook).rests_until
    return (until - datetime.now(UTC)).total_seconds() if until else -1.0


def failing(owner: Person, sink: Receiver, count: int = 10) -> Webhook:
    """An endpoint with so many failures behind it, that fails until its receiver is told to behave."""
    sink.misbehave(fails=1)
    webhook = endpoint(owner.tenant_id, f"{sink.url}/hook")
    events(webhook, count)
    deliver(schedule=DAY)
    return webhook


def test_how_long_it_took_counts_only_where_somebody_answered(owner: Person, sink: Receiver) -> None:
    sink.misbehave(fails=1)
    webhook = endpoint(owner.tenant_id, f"{sink.url}/hook")
    events(webhook, 2)
    deliver(schedule=DAY)
    webhooks.update(owner.tenant_id, webhook.id, url="http://127.0.0.1:1029/nobody")
    events(webhook)
    deliver(schedule=DAY)
    [minute] = db.session.execute(
        select(WebhookMinute.tries, WebhookMinute.failures, WebhookMinute.answered)
    ).all()
    assert tuple(minute) == (3, 3, 2)


def test_nine_failures_are_no_reason_to_rest_and_ten_are(owner: Person, sink: Receiver) -> None:
    webhook = failing(owner, sink, 9)
    assert rest(webhook) < 0
    events(webhook)
    deliver(schedule=DAY)
    assert 25 < rest(webhook) <= 30
    assert fresh(webhook).rest_count == 1


def test_while_it_rests_nothing_is_posted_and_nothing_is_lost(owner: Person, sink: Receiver) -> None:
    webhook = failing(owner, sink)
    events(webhook, 5)
    deliver()
    assert len(sink.ledger()) == 10
    assert [log.attempt_count for log in logs(webhook)] == [1] * 10 + [0] * 5


def test_each_rest_without_a_success_is_twice_as_long_up_to_an_hour(owner: Person, sink: Receiver) -> None:
    webhook = failing(owner, sink)
    events(webhook, 20)
    for count, seconds in enumerate((60, 120, 240, 480, 960, 1920, 3600, 3600), 2):
        move(webhook, rests_until="0 seconds")
        deliver(schedule=DAY)
        assert fresh(webhook).rest_count == count
        assert seconds - 5 < rest(webhook) <= seconds
    # One try for each rest: the others wait.
    assert len(sink.ledger()) == 10 + 8


def test_a_success_after_a_rest_ends_it_and_everything_goes_out(owner: Person, sink: Receiver) -> None:
    webhook = failing(owner, sink)
    events(webhook, 20)
    assert fresh(webhook).failing_since is not None
    sink.misbehave()
    move(webhook, rests_until="0 seconds")
    deliver(schedule=DAY)
    now = fresh(webhook)
    assert (now.rest_count, now.failing_since) == (0, None)
    assert sum(log.success for log in logs(webhook)) == 20


def test_a_test_that_arrives_while_it_rests_ends_the_rest(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    events(webhook, 20)
    later = datetime.now(UTC) + timedelta(hours=1)
    for rests in (0, 3):
        webhook = fresh(webhook)
        webhook.rests_until, webhook.rest_count, webhook.failing_since = later, rests, None
        db.session.commit()
        webhooks.send_test(owner.tenant_id, webhook.id)
        deliver()
        assert rest(webhook) < 0
        deliver()
        assert all(log.success for log in logs(webhook))
        assert fresh(webhook).rest_count == 0
        events(webhook, 20)


def test_tests_that_fail_lengthen_no_rest_and_let_nothing_else_out(owner: Person, sink: Receiver) -> None:
    webhook = failing(owner, sink)
    events(webhook, 3)
    before = fresh(webhook).rests_until
    for _ in range(2):
        webhooks.send_test(owner.tenant_id, webhook.id)
        deliver()
    assert (fresh(webhook).rests_until, fresh(webhook).rest_count) == (before, 1)
    assert len(sink.ledger()) == 10 + 2
    assert [log.attempt_count for log in logs(webhook)] == [1] * 10 + [0] * 3 + [1] * 2


def test_what_waits_is_posted_at_once_in_the_order_of_time_though_it_rests(
    owner: Person, sink: Receiver
) -> None:
    webhook = failing(owner, sink)
    events(webhook, 5)
    sink.misbehave()
    assert webhook_logs.post_waiting(owner.tenant_id, webhook.id) == 15
    deliver()
    assert all(log.success for log in logs(webhook))
    first = json.loads(sink.ledger()[10]["body"])["id"]
    assert first in {str(log.event_id) for log in logs(webhook)[:10]}
    assert webhook_logs.post_waiting(owner.tenant_id, webhook.id) == 0


def test_what_is_under_way_is_not_posted_beside_itself(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    events(webhook, 2)
    assert len(claim(owner.tenant_id, {webhook.id: 1}, 60)) == 1
    assert webhook_logs.post_waiting(owner.tenant_id, webhook.id) == 1


def test_a_success_ends_rests_of_which_nobody_knows_when_the_last_one_was(
    owner: Person, sink: Receiver
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    webhook.rests_until, webhook.rest_count = None, 3
    db.session.commit()
    events(webhook)
    deliver()
    assert fresh(webhook).rest_count == 0


def test_the_present_minutes_are_judged_and_older_ones_are_not(owner: Person, sink: Receiver) -> None:
    now = datetime.now(UTC)
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    make_minute(webhook, now - timedelta(minutes=6), 500, 500)
    events(webhook)
    deliver(schedule=DAY)
    assert rest(webhook) < 0
    make_minute(webhook, now - timedelta(minutes=3), 12, 12)
    events(webhook)
    deliver(schedule=DAY)
    assert rest(webhook) > 0


@pytest.mark.parametrize(("failures", "rests"), [(68, False), (69, True)])
def test_seven_of_ten_must_fail(owner: Person, sink: Receiver, failures: int, rests: bool) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    make_minute(webhook, datetime.now(UTC) - timedelta(minutes=1), 99, failures)
    events(webhook)
    deliver(schedule=DAY)
    assert (rest(webhook) > 0) == rests


def test_what_was_before_a_rest_is_not_held_against_it_again(owner: Person, sink: Receiver) -> None:
    webhook = failing(owner, sink)
    sink.misbehave()
    events(webhook)
    move(webhook, rests_until="0 seconds")
    deliver(schedule=DAY)
    assert [log.success for log in logs(webhook)].count(True) == 1
    sink.misbehave(fails=1)
    events(webhook)
    deliver(schedule=DAY)
    assert rest(webhook) < 0
    assert fresh(webhook).rest_count == 0


def test_minutes_count_tries_failures_and_time(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/slow?seconds=0.2")
    events(webhook, 2)
    began = time.monotonic()
    deliver()
    webhooks.update(owner.tenant_id, webhook.id, url=f"{sink.url}/fail")
    events(webhook, 1)
    deliver(schedule=(0,))
    took_ms = (time.monotonic() - began) * 1000
    minutes = db.session.scalars(
        select(WebhookMinute).where(WebhookMinute.tenant_id == owner.tenant_id)
    ).all()
    assert sum(minute.tries for minute in minutes) == 3
    assert sum(minute.failures for minute in minutes) == 1
    assert 400 <= sum(minute.duration_ms for minute in minutes) < 3 * took_ms


def test_an_endpoint_that_only_fails_for_five_days_is_switched_off_once(
    owner: Person, sink: Receiver
) -> None:
    webhook = failing(owner, sink, 1)
    move(webhook, failing_since="4 days 23 hours")
    rounds.switch_off_failing()
    assert fresh(webhook).is_active
    move(webhook, failing_since="5 days 1 minute")
    rounds.switch_off_failing()
    rounds.switch_off_failing()
    now = fresh(webhook)
    assert (now.is_active, now.disabled_reason) == (False, "failing")
    assert now.disabled_at is not None
    told = db.session.scalars(Event.of(owner.tenant_id).where(Event.type == "webhook_updated")).all()
    assert [event.payload["disabledReason"] for event in told] == ["failing"]
    acts = select(AuditEntry).where(AuditEntry.action == "webhook_switched_off")
    (entry,) = db.session.scalars(acts).all()
    assert entry.details == {"reason": "failing"}
    webhooks.resume(owner.tenant_id, webhook.id)
    rounds.switch_off_failing()
    assert fresh(webhook).is_active


def test_one_that_nothing_was_posted_to_lately_is_left_on_until_it_fails_again(
    owner: Person, sink: Receiver
) -> None:
    webhook = failing(owner, sink, 1)
    move(webhook, failing_since="6 days")
    db.session.execute(update(WebhookMinute).values(minute=WebhookMinute.minute - timedelta(days=3)))
    db.session.commit()
    rounds.switch_off_failing()
    assert fresh(webhook).is_active
    events(webhook)
    deliver(schedule=DAY)
    rounds.switch_off_failing()
    assert fresh(webhook).disabled_reason == "failing"


def test_a_test_that_fails_says_nothing_about_five_days(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    webhooks.send_test(owner.tenant_id, webhook.id)
    deliver()
    assert [log.success for log in logs(webhook)] == [False]
    assert fresh(webhook).failing_since is None


def test_one_success_in_five_days_keeps_it(owner: Person, sink: Receiver) -> None:
    webhook = failing(owner, sink, 1)
    move(webhook, failing_since="6 days")
    sink.misbehave()
    make_due(webhook)
    deliver()
    rounds.switch_off_failing()
    assert fresh(webhook).is_active


def test_the_clock_does_all_of_it(owner: Person) -> None:
    acts = {one.act for one in clock.all_rounds()}
    assert {rounds.ring_due, rounds.switch_off_failing} <= acts
    act_for(owner.tenant_id)
