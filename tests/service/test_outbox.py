"""The outbox: an event, the log rows of the webhooks that want it, and one message after the commit."""

import json
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Uuid, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from tests.builders import make_contact
from tests.overtaken import slow_event
from tests.people import Person
from tests.webhooks import quiet_webhook
from webapp import broker
from webapp.db import act_for, as_owner, db
from webapp.delivering import signing
from webapp.domain.events import EVENTS, WEBHOOK_EVENTS, hears
from webapp.models.events import Event
from webapp.models.webhooks import Webhook, WebhookLog
from webapp.services import contact_bulk, contact_erasure, contacts, events


def logs_of(webhook: Webhook) -> list[WebhookLog]:
    query = select(WebhookLog).where(
        WebhookLog.tenant_id == webhook.tenant_id, WebhookLog.webhook_id == webhook.id
    )
    return list(db.session.scalars(query.order_by(WebhookLog.id)))


def events_of(tenant_id: uuid.UUID) -> list[Event]:
    return list(db.session.scalars(Event.of(tenant_id).order_by(Event.sequence)))


def emit_by(way: str, tenant_id: uuid.UUID, type: str) -> uuid.UUID:
    """One event by each of the ways into the outbox; the id of what it is about."""
    about = uuid.uuid4()
    payload = {"id": str(about)}
    if way == "one":
        events.emit(tenant_id, type, about, payload)
    elif way == "many":
        events.emit_all(tenant_id, type, [(about, payload)])
    elif way == "own connection":
        events.emit_on(db.session.connection(), tenant_id, type, [(about, payload)])
    else:
        row = (bindparam("t", tenant_id, Uuid), bindparam("o", about, Uuid), bindparam("p", payload, JSONB))
        events.emit_each(type, select(*row))
    return about


WAYS = ("one", "many", "own connection", "in a statement")
CHOICES = ((), ("group_created",), ("message_received", "contact_created"), WEBHOOK_EVENTS)


@pytest.mark.parametrize("way", WAYS)
def test_each_event_reaches_exactly_the_webhooks_that_the_catalogue_says(owner: Person, way: str) -> None:
    webhooks = [quiet_webhook(owner.tenant_id, *chosen) for chosen in CHOICES]
    for name in EVENTS:
        emit_by(way, owner.tenant_id, name)
    db.session.commit()
    for webhook in webhooks:
        expected = [name for name in EVENTS if hears(webhook.events, name)]
        assert [log.event for log in logs_of(webhook)] == expected, webhook.events


def test_a_log_row_holds_the_whole_body_and_is_due_at_once(owner: Person) -> None:
    webhook = quiet_webhook(owner.tenant_id)
    contact = make_contact(owner.tenant_id, "Zoë")
    (event,), (log,) = events_of(owner.tenant_id), logs_of(webhook)
    assert log.payload == {
        "id": str(event.id),
        "type": "contact_created",
        "timestamp": event.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "tenantId": str(owner.tenant_id),
        "sequence": event.sequence,
        "payload": contacts.described(contact),
    }
    assert (log.event_id, log.attempt_count, log.completed_at, log.success) == (event.id, 0, None, False)
    assert log.next_attempt_at == event.created_at


MOST_POSTED = 64 * 1024


@pytest.mark.parametrize(
    ("payload", "left"),
    [
        ({"id": "1", "name": "Zoë", "content": "x" * 64_000}, ["id", "name", "content"]),
        ({"id": "1", "name": "Zoë", "content": "x" * 66_000}, ["id", "name"]),
        ({"id": "1", "name": "Zoë", "content": "😀" * 17_000}, ["id", "name"]),
        ({"id": "1", "name": "Zoë", "content": '"' * 33_000}, ["id", "name"]),
        ({"id": "1", "content": "x" * 20_000, "variables": {"a": "\n" * 30_000}}, ["id", "content"]),
        ({f"{number:02}": "x" * 1_000 for number in range(80)}, [f"{number:02}" for number in range(64)]),
        ({}, []),
    ],
)
def test_a_body_is_64_kilobytes_at_most_and_the_largest_fields_are_left_out(
    owner: Person, payload: dict[str, Any], left: list[str]
) -> None:
    webhook = quiet_webhook(owner.tenant_id, "group_updated")
    events.emit(owner.tenant_id, "group_updated", uuid.uuid4(), payload)
    db.session.commit()
    (event,), (log,) = events_of(owner.tenant_id), logs_of(webhook)
    assert event.payload == payload, "the outbox, and with it /ws, tells all of it"
    assert len(signing.body_of(log.payload).encode()) <= MOST_POSTED
    assert log.payload["payload"] == {name: payload[name] for name in left}
    assert log.payload.get("truncated", False) is (len(left) < len(payload))


def test_webhooks_that_are_paused_or_in_the_trash_get_nothing(owner: Person) -> None:
    paused = quiet_webhook(owner.tenant_id, is_active=False)
    deleted = quiet_webhook(owner.tenant_id, deleted_at=db.func.now())
    make_contact(owner.tenant_id)
    assert logs_of(paused) == logs_of(deleted) == []


def test_another_tenants_webhook_hears_nothing(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    theirs = quiet_webhook(stranger.tenant_id)
    act_for(owner.tenant_id)
    mine = quiet_webhook(owner.tenant_id)
    make_contact(owner.tenant_id)
    assert len(logs_of(mine)) == 1
    act_for(stranger.tenant_id)
    assert logs_of(theirs) == []
    assert events_of(stranger.tenant_id) == []
    with as_owner() as connection:
        assert connection.scalar(text("select count(*) from webhook_logs")) == 1


def test_nobody_writes_an_event_for_another_tenant(owner: Person, stranger: Person) -> None:
    with pytest.raises(DBAPIError):
        events.emit(stranger.tenant_id, "contact_created", None, {})
    db.session.rollback()
    act_for(stranger.tenant_id)
    assert events_of(stranger.tenant_id) == []


def test_what_is_rolled_back_was_never_told(owner: Person) -> None:
    webhook = quiet_webhook(owner.tenant_id)
    events.emit(owner.tenant_id, "contact_created", None, {})
    db.session.rollback()
    db.session.commit()
    assert events_of(owner.tenant_id) == []
    assert logs_of(webhook) == []


def test_a_savepoint_that_is_taken_back_takes_its_event_along(owner: Person) -> None:
    webhook = quiet_webhook(owner.tenant_id)
    savepoint = db.session.begin_nested()
    events.emit(owner.tenant_id, "contact_created", None, {})
    savepoint.rollback()
    events.emit(owner.tenant_id, "contact_deleted", None, {})
    db.session.commit()
    assert [log.event for log in logs_of(webhook)] == ["contact_deleted"]


def test_many_people_at_once_are_told_one_by_one(owner: Person) -> None:
    webhook = quiet_webhook(owner.tenant_id, "contact_deleted")
    people = [make_contact(owner.tenant_id, f"P{number}") for number in range(5)]
    contact_bulk.remove(owner.tenant_id, [one.id for one in people])
    assert sorted(log.payload["payload"]["id"] for log in logs_of(webhook)) == sorted(
        str(one.id) for one in people
    )


def test_many_events_keep_the_order_in_which_they_were_given(owner: Person) -> None:
    ids = [uuid.uuid4() for _ in range(50)]
    events.emit_all(owner.tenant_id, "group_updated", [(one, {"n": 1}) for one in ids])
    db.session.commit()
    assert [event.object_id for event in events_of(owner.tenant_id)] == ids


def test_a_payload_holds_whatever_people_type(owner: Person) -> None:
    typed = 'quote " backslash \\ brace } comma , null NULL \n tab \t 🎉 ﷽'
    events.emit(owner.tenant_id, "group_updated", None, {"name": typed})
    db.session.commit()
    assert events_of(owner.tenant_id)[0].payload == {"name": typed}


def test_an_event_that_is_not_in_the_catalogue_is_refused(owner: Person) -> None:
    for way in WAYS:
        with pytest.raises(ValueError, match="catalogue"):
            emit_by(way, owner.tenant_id, "contact_creatd")


def test_a_transaction_is_told_once_however_many_events_it_has(owner: Person) -> None:
    with broker.redis().pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(events.CHANNEL)
        heard.get_message(timeout=1)
        events.emit(owner.tenant_id, "contact_created", None, {})
        events.emit_all(owner.tenant_id, "contact_deleted", [(None, {})] * 3)
        assert heard.get_message(timeout=0.1) is None, "nothing leaves before the commit"
        db.session.commit()
        told = heard.get_message(timeout=2)
        assert told is not None
        assert json.loads(told["data"]) == {"tenant_id": str(owner.tenant_id)}
        assert heard.get_message(timeout=0.2) is None


def test_redis_that_is_away_loses_no_event(
    owner: Person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = quiet_webhook(owner.tenant_id)
    monkeypatch.setitem(app.extensions, "crier_redis", broker.Redis.from_url("redis://127.0.0.1:1"))
    make_contact(owner.tenant_id)
    assert len(logs_of(webhook)) == 1


def test_a_lower_sequence_that_is_committed_later_lies_beyond_the_horizon(app: Flask, owner: Person) -> None:
    """What a reader's question stands on: `xid >= horizon` finds what was not there yet when it looked."""
    with slow_event(app, owner.tenant_id, "group_created", n="slow"):
        events.emit(owner.tenant_id, "group_created", None, {"n": "quick"})
        db.session.commit()
        seen = events_of(owner.tenant_id)
        db.session.commit()
    slow, quick = events_of(owner.tenant_id)
    assert [event.payload["n"] for event in seen] == ["quick"]
    assert slow.sequence < quick.sequence
    assert slow.xid >= quick.horizon


def test_an_erased_person_is_in_no_row(owner: Person) -> None:
    """What was made from their events, and what was told of their messages, goes with them; also what outlived its
    event."""
    webhook = quiet_webhook(owner.tenant_id, *WEBHOOK_EVENTS)
    contact, other = make_contact(owner.tenant_id, "Erased"), make_contact(owner.tenant_id, "Other")
    db.session.execute(delete(Event).where(Event.object_id == contact.id))
    for event in ("message_received", "message_status_changed"):
        about = {"contactId": str(contact.id), "content": "What they wrote"}
        events.emit(owner.tenant_id, event, uuid.uuid4(), about)
        events.emit(owner.tenant_id, event, uuid.uuid4(), about | {"contactId": None})
    contacts.remove(owner.tenant_id, contact.id)
    assert [log.contact_id for log in logs_of(webhook)].count(contact.id) == 4
    contact_erasure.erase(owner.tenant_id, contact.id, by=owner.user_id)
    assert [event.contact_id for event in events_of(owner.tenant_id)] == [other.id, None, None]
    assert [log.contact_id for log in logs_of(webhook)] == [other.id, None, None]
    assert str(contact.id) not in str([log.payload for log in logs_of(webhook)])


@pytest.mark.parametrize("table", ["events", "webhook_logs"])
def test_an_erased_person_is_found_by_index_behind_the_wall(owner: Person, table: str) -> None:
    """Not by a look at everything that was told: a tenant may have a million events."""
    quiet_webhook(owner.tenant_id)
    db.session.execute(text("set local enable_seqscan = off"))
    asked = text(f"explain delete from {table} where tenant_id = :tenant and contact_id = :contact")
    plan = db.session.scalars(asked, {"tenant": owner.tenant_id, "contact": uuid.uuid4()}).all()
    assert any(f"using {table}_of_somebody" in line or f"on {table}_of_somebody" in line for line in plan), (
        plan
    )
    assert any("Index Cond" in line and "contact_id = " in line for line in plan), plan
