"""A database or a Redis that goes away is waited for; what a worker took with it comes again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from embedded.ports import free_port
from tests.delivering.rig import attempts, deliver, deliverer, endpoint, events, fresh, logs, make_due
from tests.people import Person
from tests.processes import wait_until
from tests.receiver import Receiver, receiver
from webapp.config import Settings
from webapp.db import act_for, as_owner, db
from webapp.delivering import agenda, books, deliverers, outcome, slice
from webapp.delivering.claim import BROKE_OFF, LOST, MOST_UNKNOWN, Post, claim
from webapp.delivering.landed import Landed, landed
from webapp.delivering.outcome import Outcome
from webapp.delivering.settle import settle
from webapp.delivering.slice import Deliverer
from webapp.models.events import Event
from webapp.models.webhooks import Webhook, WebhookMinute
from webapp.services import webhook_health, webhook_logs, webhooks
from webapp.services.hands import Hand

DAYS = (0.0, 86_400.0, 86_400.0, 86_400.0)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as started:
        yield started


def test_what_a_dead_worker_claimed_comes_again_and_its_try_stands_as_interrupted(
    owner: Person, sink: Receiver
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    events(webhook)
    (post,) = claim(owner.tenant_id, {webhook.id: 5}, 60)
    assert post.number == 1
    deliver()
    assert sink.ledger() == []
    make_due(webhook)
    deliver()
    (log,) = logs(webhook)
    assert (log.success, log.attempt_count, log.failed_count) == (True, 2, 0)
    lost, done = attempts(log)
    assert (lost.error_message, lost.status_code) == (LOST, None)
    assert lost.completed_at is not None
    assert done.status_code == 200


def break_off(webhook: Webhook, times: int) -> None:
    """So often a worker took what was due, and died of it."""
    for _ in range(times):
        make_due(webhook)
        assert claim(webhook.tenant_id, {webhook.id: 5}, 60)
    make_due(webhook)


def leases(webhook: Webhook) -> list[timedelta]:
    """How long a worker has what it takes now."""
    assert claim(webhook.tenant_id, {webhook.id: 5}, 60)
    taken = [log.next_attempt_at - log.updated_at for log in logs(webhook) if log.next_attempt_at]
    db.session.commit()
    return taken


def test_an_event_that_ends_its_worker_each_time_is_given_up_with_a_reason_and_may_be_posted_again(
    owner: Person, sink: Receiver
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    (log_id,) = events(webhook)
    break_off(webhook, MOST_UNKNOWN)
    deliver()
    (log,) = logs(webhook)
    assert (log.success, log.error_message, log.next_attempt_at) == (False, BROKE_OFF, None)
    assert [attempt.error_message for attempt in attempts(log)] == [LOST] * MOST_UNKNOWN + [BROKE_OFF]
    assert sink.ledger() == []
    webhook_logs.replay(owner.tenant_id, webhook.id, log_id)
    deliver()
    assert [log.success for log in logs(webhook)] == [True]


def test_an_event_whose_worker_died_by_chance_is_not_given_up(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    events(webhook)
    for _ in range(3):
        break_off(webhook, MOST_UNKNOWN - 1)
        deliver(schedule=(0, 0, 3600))
        make_due(webhook)
    (log,) = logs(webhook)
    assert (log.failed_count, log.error_message, len(sink.ledger())) == (3, outcome.NOT_TAKEN, 3)


def test_the_oftener_an_event_breaks_off_the_later_it_comes_again(owner: Person) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    events(webhook, 5)
    assert set(leases(webhook)) == {timedelta(seconds=60)}
    break_off(webhook, 5)
    now = leases(webhook)
    assert len(set(now)) == 5, "they do not come again together"
    assert min(now) >= timedelta(seconds=60)
    assert timedelta(seconds=180) < max(now) <= timedelta(seconds=60 * 2**6)


def test_two_claims_never_bring_the_same_event(owner: Person) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    events(webhook, 10)
    first = claim(owner.tenant_id, {webhook.id: 6}, 60)
    second = claim(owner.tenant_id, {webhook.id: 6}, 60)
    assert [len(first), len(second)] == [6, 4]
    assert not {post.log_id for post in first} & {post.log_id for post in second}


def test_a_late_failure_does_not_speak_for_a_newer_try_and_a_late_success_does(owner: Person) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    events(webhook)
    posts: list[Post] = []
    for _ in range(3):
        make_due(webhook)
        act_for(owner.tenant_id)
        posts += claim(owner.tenant_id, {webhook.id: 1}, 60)
    frozen, frozen_too, newer = posts
    settle(owner.tenant_id, [landed(frozen, Outcome(False, 500), DAYS)])
    (log,) = logs(webhook)
    assert (log.failed_count, log.completed_at) == (0, None)
    settle(owner.tenant_id, [Landed(frozen_too, Outcome(True, 200))])
    settle(owner.tenant_id, [landed(newer, Outcome(False, 500), DAYS)])
    (log,) = logs(webhook)
    assert (log.success, log.failed_count) == (True, 0)
    assert [attempt.status_code for attempt in attempts(log)] == [500, 200, 500]


def test_of_two_tries_of_an_event_that_are_written_together_the_success_counts(owner: Person) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    for turn in (1, -1):
        events(webhook)
        frozen, newer = claim_twice(webhook)
        both = [Landed(frozen, Outcome(True, 200)), landed(newer, Outcome(False, 500), DAYS)]
        settle(owner.tenant_id, both[::turn])
    assert [log.success for log in logs(webhook)] == [True, True]


def claim_twice(webhook: Webhook) -> list[Post]:
    """One event, taken again when the first that took it has kept it too long."""
    posts: list[Post] = []
    for _ in range(2):
        make_due(webhook)
        act_for(webhook.tenant_id)
        posts += claim(webhook.tenant_id, {webhook.id: 1}, 60)
    return posts


def test_a_claim_and_an_outcome_that_comes_after_the_lease_never_wait_for_each_other(
    owner: Person, superuser: psycopg.Connection
) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    events(webhook)
    (post,) = claim(owner.tenant_id, {webhook.id: 1}, 60)
    hand = Hand("settle")
    with superuser.transaction():
        superuser.execute("select from webhook_logs for update")
        settling = hand.do(settle, owner.tenant_id, [Landed(post, Outcome(True, 200))])
        wait_until(lambda: superuser.execute("select from pg_locks where not granted").rowcount, 5)
        superuser.execute("update webhook_attempts set completed_at = now()")
    settling.result(5)
    hand.close()
    assert [log.success for log in logs(webhook)] == [True]


def test_what_was_written_already_when_it_is_brought_again_counts_once(owner: Person) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    events(webhook, 2)
    failed, arrived = claim(owner.tenant_id, {webhook.id: 2}, 60)
    batch = [landed(failed, Outcome(False, 500), DAYS), Landed(arrived, Outcome(True, 200))]
    settle(owner.tenant_id, batch[:1])
    (before,) = (log.next_attempt_at for log in logs(webhook) if log.failed_count)
    settle(owner.tenant_id, batch)
    settle(owner.tenant_id, batch)
    assert sorted((log.failed_count, log.success) for log in logs(webhook)) == [(0, True), (1, False)]
    assert before in [log.next_attempt_at for log in logs(webhook)]
    assert sorted(told_of(webhook)) == [False, True]
    minutes = db.session.scalars(WebhookMinute.of(owner.tenant_id)).all()
    assert (sum(one.tries for one in minutes), sum(one.failures for one in minutes)) == (2, 1)


def told_of(webhook: Webhook) -> list[bool]:
    """Of each try that was told whether it was a success."""
    query = Event.of(webhook.tenant_id).where(Event.type == "webhook_triggered")
    return [event.payload["success"] for event in db.session.scalars(query)]


def test_one_that_is_gone_is_switched_off_at_the_next_go_when_the_database_went_away_just_then(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    events(webhook)
    (post,) = claim(owner.tenant_id, {webhook.id: 1}, 60)
    gone = landed(post, Outcome(False, outcome.GONE), DAYS)

    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception("the database is away"))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(webhook_health, "switch_off", away)
        left = books.write({owner.tenant_id: [gone]})
    assert left == [gone]
    assert books.write({owner.tenant_id: left}) == []
    assert fresh(webhook).disabled_reason == "gone"
    assert told_of(webhook) == [False]


@contextmanager
def database_away(superuser: psycopg.Connection, settings: Settings) -> Iterator[None]:
    """Every connection of the program breaks and no new one is taken, until the block is left."""
    role = urlsplit(settings.database_url).username
    superuser.execute(f"alter role {role} nologin")
    superuser.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [role])
    try:
        yield
    finally:
        superuser.execute(f"alter role {role} login")


def test_an_address_that_was_changed_while_the_old_one_said_gone_goes_on(owner: Person) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/old")
    events(webhook)
    (post,) = claim(owner.tenant_id, {webhook.id: 1}, 60)
    webhooks.update(owner.tenant_id, webhook.id, url="http://127.0.0.1:2000/new")
    settle(owner.tenant_id, [landed(post, Outcome(success=False, status_code=outcome.GONE), (0,))])
    assert fresh(webhook).is_active


def test_outcomes_wait_until_the_database_is_back_and_are_written_before_anything_is_claimed(
    owner: Person,
    sink: Receiver,
    superuser: psycopg.Connection,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slice, "MOST_AT_ONCE", 1)
    those = [endpoint(owner.tenant_id, f"{sink.url}/slow?seconds=0.5") for _ in range(8)]
    for webhook in those:
        events(webhook, 2)
    db.session.rollback()
    with deliverer(limit=5) as made:
        _serve_until_posted(made, sink, 16)
        with database_away(superuser, settings):
            assert made.serve(lambda: False, 1.5)
            superuser.execute("update webhook_logs set next_attempt_at = now()")  # it was away for long
        made.serve(lambda: False, 10)
        made.land()
    assert len(sink.ledger()) == 16
    assert all(log.success and log.attempt_count == 1 for webhook in those for log in logs(webhook))


def test_trouble_with_the_database_that_nobody_foresaw_ends_nothing_that_is_in_the_air(
    owner: Person, sink: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/slow?seconds=0.3")
    events(webhook, 2)

    def odd() -> None:
        raise ValueError("nobody expected this")

    with deliverer() as made:
        _serve_until_posted(made, sink)
        monkeypatch.setattr(agenda, "due", odd)
        made.serve(lambda: False, 5)
    assert [log.success for log in logs(webhook)] == [True, True]


def _serve_until_posted(made: Deliverer, sink: Receiver, posts: int = 2) -> None:
    while len(sink.ledger()) < posts:
        made.serve(lambda: False, 0.05)


def test_connections_that_break_under_it_are_made_anew(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/slow?seconds=0.1")
    events(webhook, 30)
    with deliverer() as made:
        for _ in range(4):
            made.serve(lambda: False, 0.3)
            with as_owner() as connection:
                connection.execute(
                    text("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                         " and datname = current_database() and backend_type = 'client backend'"
                         " and application_name <> 'superuser' and query ilike '%webhook%'")
                )  # fmt: skip
        made.serve(lambda: False, 10)
        made.land()
    assert all(log.success for log in logs(webhook))


@pytest.mark.parametrize(("slices", "is_redis_there"), [(1, True), (100, True), (100, False)])
def test_a_job_is_not_over_before_all_that_it_posted_has_landed(
    owner: Person,
    app: Flask,
    sink: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    slices: int,
    is_redis_there: bool,
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/slow?seconds=0.4")
    events(webhook, 2)
    monkeypatch.setattr(deliverers, "SLICE_SECONDS", 0.2)
    monkeypatch.setattr(deliverers, "MOST_SLICES", slices)
    if not is_redis_there:
        nobody = Redis(host="127.0.0.1", port=free_port(), retry=Retry(NoBackoff(), 0))
        monkeypatch.setitem(app.extensions, "crier_redis", nobody)
    with deliverer() as made:
        monkeypatch.setitem(app.extensions, "crier_deliverer", made)
        deliverers.serve_slice()
    assert [log.success for log in logs(webhook)] == [True, True]


def test_a_tenant_whose_events_can_not_be_claimed_holds_up_no_other(
    owner: Person, stranger: Person, sink: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = endpoint(owner.tenant_id, f"{sink.url}/broken")
    events(broken)
    act_for(stranger.tenant_id)
    fine = endpoint(stranger.tenant_id, f"{sink.url}/fine")
    events(fine)
    real = books.claim

    def odd(tenant_id: object, *given: object) -> object:
        if tenant_id == owner.tenant_id:
            raise ValueError("nobody expected this")
        return real(tenant_id, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(books, "claim", odd)
    deliver(1)
    assert [entry["path"] for entry in sink.ledger()] == ["/fine"]


@pytest.mark.parametrize(("step", "brought"), [("FROM webhooks", 0), ("update webhook_logs", 1)])
def test_a_webhook_that_goes_to_the_trash_while_it_is_claimed_for_holds_up_no_other(
    owner: Person, step: str, brought: int
) -> None:
    fine, removed = (endpoint(owner.tenant_id, "http://127.0.0.1:2000/") for _ in range(2))
    for webhook in (fine, removed):
        events(webhook)
    rooms = {fine.id: 1, removed.id: 1}

    def remove(*given: Any) -> None:
        if step in given[2]:
            with as_owner() as connection:
                connection.execute(
                    text("update webhooks set deleted_at = now() where id = :id"), {"id": removed.id}
                )

    event.listen(db.engine, "after_cursor_execute", remove)
    try:
        posts = claim(owner.tenant_id, rooms, 60)
    finally:
        event.remove(db.engine, "after_cursor_execute", remove)
    assert sorted(post.webhook_id for post in posts) == sorted([fine.id, *[removed.id] * brought])


@pytest.mark.parametrize(
    "change", ["is_active = false", "deleted_at = now()", "rests_until = now() + interval '1 hour'"]
)
def test_whoever_stops_after_the_look_is_not_claimed_for_and_at_the_next_look_not_found(
    owner: Person, change: str
) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    events(webhook)
    assert [due.webhook_id for due in agenda.due()] == [webhook.id]
    with as_owner() as connection:
        connection.execute(text(f"update webhooks set {change}"))
    assert claim(owner.tenant_id, {webhook.id: 1}, 60) == []
    assert agenda.due() == []
