"""What arrives, how it is signed, and what is written down of it."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook as Verifier

from tests.builders import make_contact
from tests.delivering.rig import (
    attempts,
    deliver,
    deliver_all,
    endpoint,
    events,
    fresh,
    keys,
    logs,
    make_due,
    move,
    secrets_of,
)
from tests.people import Person
from tests.receiver import Receiver, receiver
from webapp.db import act_for, db
from webapp.delivering import outcome
from webapp.models.audit_log import AuditEntry
from webapp.models.events import Event
from webapp.services import contacts, webhooks


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as started:
        yield started


def entries(sink: Receiver, path: str) -> list[dict[str, object]]:
    return [entry for entry in sink.ledger() if entry["path"] == path]


def test_an_event_arrives_once_signed_and_its_log_says_so(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok?say=thanks")
    contact = make_contact(owner.tenant_id, "Zoë")
    deliver()
    (posted,) = sink.ledger()
    (log,) = logs(webhook)
    told = Verifier(secrets_of(webhook)[0]).verify(posted["body"], posted["headers"])
    assert told["type"] == "contact_created"
    assert told["payload"]["id"] == str(contact.id)
    assert list(told) == ["id", "type", "timestamp", "tenantId", "sequence", "payload"]
    assert posted["headers"]["webhook-id"] == str(log.event_id) == told["id"]
    assert "Zoë" in posted["body"]
    assert (log.success, log.status_code, log.response, log.attempt_count) == (True, 200, "thanks", 1)
    assert log.completed_at is not None
    assert log.next_attempt_at is None


def test_an_event_that_is_too_large_arrives_without_its_largest_field(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    many = {f"Value {number}": "ﷺ" * 4_000 for number in range(50)}
    contact = make_contact(owner.tenant_id, "Zoë", attributes=many)
    deliver()
    (posted,) = sink.ledger()
    assert len(posted["body"].encode()) < 64 * 1024
    told = Verifier(secrets_of(webhook)[0]).verify(posted["body"], posted["headers"])
    assert (told["type"], told["truncated"], list(told)[-1]) == ("contact_created", True, "payload")
    assert told["payload"]["id"] == str(contact.id)
    assert contacts.described(contact).keys() - told["payload"].keys() == {"attributes"}


def test_a_try_is_kept_with_its_headers_but_not_its_signature(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail?say=token%3Dabcdefghij%20%2B4915112345678")
    events(webhook)
    deliver(schedule=(0,))
    (log,) = logs(webhook)
    (attempt,) = attempts(log)
    assert attempt.request_headers is not None
    assert attempt.request_headers["webhook-id"] == str(log.event_id)
    assert attempt.request_headers["webhook-signature"] == "v1,…"
    assert attempt.response == "token=… +49…678"
    assert (attempt.status_code, attempt.error_message) == (500, outcome.NOT_TAKEN)
    assert attempt.duration_ms is not None
    assert attempt.completed_at is not None


def test_every_try_has_the_same_id_and_bytes_and_its_own_time(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    events(webhook)
    deliver_all(webhook, schedule=(0, 1.3, 1.3))
    posted = sink.ledger()
    assert len(posted) == 3
    assert len({entry["headers"]["webhook-id"] for entry in posted}) == 1
    assert len({entry["body"] for entry in posted}) == 1
    assert len({entry["headers"]["webhook-timestamp"] for entry in posted}) == 3
    for entry in posted:
        Verifier(secrets_of(webhook)[0]).verify(entry["body"], entry["headers"])


def test_after_ten_failures_nothing_more_is_tried(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    (log_id,) = events(webhook)
    for _ in range(10):
        deliver(schedule=(0.0,) * 10)
        move(webhook, rests_until="0 seconds")
    (log,) = logs(webhook)
    assert (log.id, log.attempt_count, log.failed_count) == (log_id, 10, 10)
    assert log.completed_at is not None
    assert not log.success
    assert [attempt.number for attempt in attempts(log)] == list(range(1, 11))
    assert len(sink.ledger()) == 10


def test_a_second_secret_signs_too_while_the_first_is_replaced(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    (old,) = secrets_of(webhook)
    _, new = webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    events(webhook)
    deliver()
    (posted,) = sink.ledger()
    assert posted["headers"]["webhook-signature"].count("v1,") == 2
    for secret in (old, new):
        Verifier(secret).verify(posted["body"], posted["headers"])
    move(webhook, previous_secret_until="1 second")
    events(webhook)
    deliver()
    assert sink.ledger()[-1]["headers"]["webhook-signature"].count("v1,") == 1


# Until then a house waits for an answer when nobody says otherwise.
HOUSES_LIMIT_MS = 15_000


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/redirect?to=/ok", 302, outcome.REDIRECTED),
        ("/fail", 500, outcome.NOT_TAKEN),
        ("/ok?status=304", 304, outcome.REDIRECTED),
        ("/hang", None, "The answer took too long. Try again in a few minutes."),
        ("/drip", None, "The answer took too long. Try again in a few minutes."),
        ("/huge", None, "The answer was longer than any real one. Check the address."),
        ("/reset", None, "The connection broke before an answer came. Try again in a few minutes."),
    ],
)
def test_whatever_is_no_whole_2xx_is_a_failure(
    owner: Person, sink: Receiver, path: str, status: int | None, sentence: str
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}{path}")
    events(webhook)
    deliver(schedule=(0, 3600))
    (log,) = logs(webhook)
    assert (log.success, log.status_code, log.error_message) == (False, status, sentence)
    assert log.next_attempt_at is not None
    assert log.next_attempt_at > datetime.now(UTC) + timedelta(seconds=2800)
    assert len(sink.ledger()) == 1
    (attempt,) = attempts(log)
    assert attempt.duration_ms is not None
    print(f"\n{path}: over after {attempt.duration_ms} ms")
    assert attempt.duration_ms < HOUSES_LIMIT_MS, "its own limit of a second ended it"
    assert fresh(webhook).failing_since is not None


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_success(owner: Person, sink: Receiver, status: int) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok?status={status}&say=")
    events(webhook)
    deliver()
    assert [log.success for log in logs(webhook)] == [True]


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_to_wait_is_left_alone_for_so_long(
    owner: Person, sink: Receiver, status: int
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/busy?status={status}&after=900")
    events(webhook, 1)
    deliver()
    (log,) = logs(webhook)
    soon, late = (datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (890, 910))
    assert log.next_attempt_at is not None
    assert soon < log.next_attempt_at < late
    rests_until = fresh(webhook).rests_until
    assert rests_until is not None
    assert soon < rests_until < late
    events(webhook, 3)
    deliver()
    assert len(sink.ledger()) == 1
    webhooks.send_test(owner.tenant_id, webhook.id)
    deliver()
    assert [json.loads(entry["body"])["type"] for entry in sink.ledger()[1:]] == ["webhook_tested"]
    webhooks.update(owner.tenant_id, webhook.id, url=f"{sink.url}/ok")
    deliver()
    assert len(entries(sink, "/ok")) == 3


def test_nobody_waits_longer_than_a_day_for_a_receiver(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/busy?after=864000")
    events(webhook)
    deliver()
    (log,) = logs(webhook)
    assert log.next_attempt_at is not None
    wait = log.next_attempt_at - datetime.now(UTC)
    assert timedelta(hours=23, minutes=59) < wait <= timedelta(hours=24)


def test_an_endpoint_that_is_gone_is_switched_off_and_its_owner_is_told(
    owner: Person, sink: Receiver
) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/gone")
    other = endpoint(owner.tenant_id, f"{sink.url}/ok", events=["webhook_updated"])
    events(webhook)
    deliver()
    (log,) = logs(webhook)
    assert (log.success, log.status_code) == (False, 410)
    assert log.completed_at is not None
    now = fresh(webhook)
    assert (now.is_active, now.disabled_reason) == (False, "gone")
    assert now.disabled_at is not None
    deliver()
    told = [json.loads(str(entry["body"])) for entry in entries(sink, "/ok")]
    assert [one["payload"]["disabledReason"] for one in told] == ["gone"]
    assert [log.event for log in logs(other)] == ["webhook_updated"]
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == webhook.id)).all()
    assert "webhook_switched_off" in actions


def test_each_try_is_told_to_open_pages_and_to_no_webhook(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    (log_id,) = events(webhook)
    deliver_all(webhook, schedule=(0, 0))
    query = Event.of(owner.tenant_id).where(Event.type == "webhook_triggered").order_by(Event.sequence)
    told = db.session.scalars(query).all()
    assert [event.object_id for event in told] == [webhook.id] * 2
    assert [event.payload["attempt"] for event in told] == [1, 2]
    (log,) = logs(webhook)
    assert told[0].payload == {
        "webhookId": str(webhook.id), "logId": str(log_id), "event": "contact_created", "eventId": str(log.event_id),
        "attempt": 1, "success": False, "statusCode": 500, "error": outcome.NOT_TAKEN,
    }  # fmt: skip


def test_a_test_has_the_id_of_its_log(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    log = webhooks.send_test(owner.tenant_id, webhook.id)
    deliver()
    (posted,) = sink.ledger()
    assert posted["headers"]["webhook-id"] == str(log.id)
    Verifier(secrets_of(webhook)[0]).verify(posted["body"], posted["headers"])


def test_a_test_that_failed_is_not_tried_again(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    webhooks.send_test(owner.tenant_id, webhook.id)
    deliver(schedule=(0, 0, 0))
    deliver(schedule=(0, 0, 0))
    (log,) = logs(webhook)
    assert (log.attempt_count, log.success, log.completed_at is None) == (1, False, False)
    assert len(sink.ledger()) == 1


def test_nothing_is_posted_to_one_that_is_paused_or_in_the_trash_until_it_goes_on(
    owner: Person, sink: Receiver
) -> None:
    paused, removed = (endpoint(owner.tenant_id, f"{sink.url}/{name}") for name in "ab")
    for webhook in (paused, removed):
        events(webhook)
    webhooks.pause(owner.tenant_id, paused.id)
    webhooks.remove(owner.tenant_id, removed.id)
    deliver()
    assert sink.ledger() == []
    webhooks.resume(owner.tenant_id, paused.id)
    webhooks.restore(owner.tenant_id, removed.id)
    deliver()
    assert sorted(str(entry["path"]) for entry in sink.ledger()) == ["/a", "/b"]


def test_a_changed_address_counts_from_the_next_try(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/fail")
    events(webhook)
    deliver(schedule=(0, 3600))
    webhooks.update(owner.tenant_id, webhook.id, url=f"{sink.url}/ok")
    make_due(webhook)
    deliver()
    assert [entry["path"] for entry in sink.ledger()] == ["/fail", "/ok"]
    assert [log.success for log in logs(webhook)] == [True]


def test_tenants_are_served_in_the_same_slice_behind_their_own_walls(
    owner: Person, stranger: Person, sink: Receiver
) -> None:
    found = []
    for person in (owner, stranger):
        act_for(person.tenant_id)
        found.append(endpoint(person.tenant_id, f"{sink.url}/{person.tenant_id}"))
        events(found[-1], 20)
    deliver()
    for webhook in found:
        assert all(log.success for log in logs(webhook))
        posted = entries(sink, f"/{keys(webhook)[0]}")
        assert len(posted) == 20
        for entry in posted:
            Verifier(secrets_of(webhook)[0]).verify(str(entry["body"]), dict(entry["headers"]))  # type: ignore[call-overload]


def test_a_secret_that_nobody_can_open_is_a_failure_with_a_sentence(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/ok")
    fresh(webhook).secret = "gone:" + "A" * 40
    db.session.commit()
    events(webhook)
    deliver(schedule=(0,))
    (log,) = logs(webhook)
    assert (log.success, log.error_message) == (
        False,
        "The secret of this webhook can not be read any more. Make a new one.",
    )
    assert sink.ledger() == []


def test_a_long_answer_is_cut_at_20_kilobytes(owner: Person, sink: Receiver) -> None:
    webhook = endpoint(owner.tenant_id, f"{sink.url}/long")
    events(webhook)
    deliver()
    (log,) = logs(webhook)
    assert log.response is not None
    assert 20_000 < len(log.response.encode()) <= 20_480
    assert uuid.UUID(sink.ledger()[0]["headers"]["webhook-id"]) == log.event_id
