"""What people write to a number, and what they want to hear no more."""

import time
import uuid
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import text

from tests.callbacks import (
    BEGAN,
    arrive,
    body_of,
    change_of,
    history,
    inbox,
    make_running,
    messages_of,
    preferences_of,
    recipients,
    send,
    status_of,
    statuses_of,
    text_from,
)
from tests.campaigning import check_counts, make_instance, make_people, statuses
from tests.people import Person
from webapp.db import as_owner, db
from webapp.models.contacts import Contact
from webapp.models.events import Event
from webapp.models.opt_outs import OptOut
from webapp.models.tenants import Tenant
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.sending.gate import gate
from webapp.sending.lease import claim
from webapp.sending.store import Store
from webapp.services import contacts, opt_outs
from webapp.services.receiving import wishes
from webapp.services.receiving.wishes import Wish

DANA = "12025550143"
HIDDEN = "US.88110022003300440055"


@pytest.fixture
def instance(owner: Person) -> WhatsAppInstance:
    return make_instance(owner.tenant_id)


def people(tenant_id: uuid.UUID) -> list[Contact]:
    return list(db.session.scalars(Contact.of(tenant_id).order_by(Contact.id)))


def standing(tenant_id: uuid.UUID) -> set[tuple[str, str]]:
    """Who is opted out, and by which way."""
    rows = db.session.scalars(OptOut.of(tenant_id).where(OptOut.lifted_at.is_(None)))
    return {(row.phone_key, row.source) for row in rows}


def events(tenant_id: uuid.UUID, type: str) -> list[Event]:
    return list(db.session.scalars(Event.of(tenant_id).where(Event.type == type).order_by(Event.sequence)))


def preference(value: str, at: int = 0, **who: str) -> dict[str, Any]:
    who = who or {"wa_id": DANA}
    return {"value": value, "category": "marketing_messages", "timestamp": BEGAN + at, **who}


def test_somebody_who_writes_becomes_a_contact_with_their_message(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    item = text_from(
        DANA, "Hi, is it still there?", at=5, context={"id": "wamid.ours"}, referral={"source_type": "ad"}
    )
    card = {"profile": {"name": "Dana"}, "wa_id": DANA, "user_id": HIDDEN}
    arrive(app, instance, messages_of(instance, item, contacts=[card]))
    (dana,) = people(owner.tenant_id)
    assert (dana.phone_number, dana.name, dana.wa_id, dana.whatsapp_user_id) == (
        f"+{DANA}",
        "Dana",
        DANA,
        HIDDEN,
    )
    (message,) = history(owner.tenant_id)
    assert (message.direction, message.status, message.content) == (
        "in",
        "received",
        "Hi, is it still there?",
    )
    assert (message.contact_id, message.chat_id, message.type) == (dana.id, DANA, "text")
    assert message.sent_at == dana.last_inbound_at
    assert message.extras["replyTo"] == "wamid.ours"
    assert message.extras["provider"]["referral"] == {"source_type": "ad"}
    (event,) = events(owner.tenant_id, "message_received")
    assert (event.object_id, event.payload["contactId"]) == (message.id, str(dana.id))
    assert len(events(owner.tenant_id, "contact_created")) == 1


def test_a_message_told_twice_is_written_once(app: Flask, owner: Person, instance: WhatsAppInstance) -> None:
    raw = messages_of(instance, text_from(DANA, "Hello"))
    arrive(app, instance, raw, raw)
    arrive(app, instance, raw)
    assert len(history(owner.tenant_id)) == len(events(owner.tenant_id, "message_received")) == 1


def test_a_known_contact_keeps_its_name_whatever_the_spelling_of_its_number(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    contact = contacts.create(owner.tenant_id, phone_number="+54 11 5000 0126", name="Typed here")
    card = {"profile": {"name": "Shown there"}, "wa_id": "5491150000126"}
    arrive(app, instance, messages_of(instance, text_from("5491150000126", "Hola"), contacts=[card]))
    (found,) = people(owner.tenant_id)
    assert (found.id, found.name, found.wa_id) == (contact.id, "Typed here", "5491150000126")


def test_somebody_who_hides_their_number_is_a_contact_all_the_same(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    item = text_from("", "STOP", from_user_id=HIDDEN)
    arrive(app, instance, messages_of(instance, item))
    (found,) = people(owner.tenant_id)
    assert (found.phone_number, found.phone_key) == (None, f"bsuid:{HIDDEN}")
    assert standing(owner.tenant_id) == {(f"bsuid:{HIDDEN}", "stop_word")}


def test_a_stop_from_a_hidden_number_counts_for_the_number_we_know(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    card = {"profile": {"name": "Dana"}, "wa_id": DANA, "user_id": HIDDEN}
    arrive(app, instance, messages_of(instance, text_from(DANA, "Hi"), contacts=[card]))
    arrive(app, instance, messages_of(instance, text_from("", "stop", from_user_id=HIDDEN)))
    assert (DANA, "stop_word") in standing(owner.tenant_id)


@pytest.mark.parametrize("item", [{"from": "nobody"}, {"from": ""}, {"from": "", "from_user_id": "x"}])
def test_a_message_of_nobody_is_kept_without_a_contact(
    app: Flask, owner: Person, instance: WhatsAppInstance, item: dict[str, str]
) -> None:
    arrive(app, instance, messages_of(instance, text_from("", "STOP", **item)))
    assert people(owner.tenant_id) == []
    assert [row.contact_id for row in history(owner.tenant_id)] == [None]
    assert standing(owner.tenant_id) == set()


def button(payload: str, label: str = "Stop promotions") -> dict[str, Any]:
    return {"type": "button", "button": {"payload": payload, "text": label}}


def reply(identity: str, title: str) -> dict[str, Any]:
    return {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": identity, "title": title}},
    }


@pytest.mark.parametrize(
    ("content", "opts_out"),
    [
        ({"text": {"body": " Stop. "}}, True),
        ({"text": {"body": "genug"}}, True),
        ({"text": {"body": "please stop it"}}, False),
        (button("OPTOUT:c42"), True),
        (button("optout:x"), True),
        (button("STOP", "No thanks"), True),
        (button("Stop", "Stop"), True),
        (button("c42", "STOP"), True),
        (button("yes", "Stop promotions"), False),
        (reply("OPTOUT:7", "Kein Interesse"), True),
        (reply("stop", "Enough"), True),
        (reply("good", "Good"), False),
        ({"type": "image", "image": {"caption": "stop"}}, False),
        ({"type": "location", "location": {"latitude": 1, "longitude": 1, "name": "Stop"}}, False),
        ({"text": {"body": "STOP"}, "group_id": "123"}, False),
    ],
)
def test_a_stop_word_or_button_opts_out(
    app: Flask, owner: Person, instance: WhatsAppInstance, content: dict[str, Any], opts_out: bool
) -> None:
    db.session.get_one(Tenant, owner.tenant_id).opt_out_words = ["Genug!"]
    db.session.commit()
    arrive(app, instance, messages_of(instance, text_from(DANA, "", **content)))
    assert standing(owner.tenant_id) == ({(DANA, "stop_word")} if opts_out else set())
    told = [event.payload.get("optedOut") for event in events(owner.tenant_id, "contact_updated")]
    assert told == ([True] if opts_out else [])


def test_start_takes_back_a_stop_word_and_nothing_else(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    contact = contacts.create(owner.tenant_id, phone_number=f"+{DANA}")
    contacts.opt_out(owner.tenant_id, contact.id)
    arrive(
        app,
        instance,
        preferences_of(instance, preference("stop", 1)),
        messages_of(instance, text_from(DANA, "STOP", at=2)),
        messages_of(instance, text_from(DANA, "Start", at=3)),
    )
    assert standing(owner.tenant_id) == {(DANA, "page"), (DANA, "native")}
    arrive(app, instance, preferences_of(instance, preference("resume", 4)))
    assert standing(owner.tenant_id) == {(DANA, "page")}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    ("said", "opted_out"),
    [
        ([("stop", 0), ("resume", 9)], False),
        ([("resume", 9), ("stop", 0)], False),
        ([("resume", 0), ("stop", 9)], True),
        ([("stop", 9), ("resume", 0)], True),
        ([("stop", 5), ("resume", 5)], True),
        ([("resume", 5), ("stop", 5)], True),
        ([("stop", 0), ("stop", 9), ("resume", 5)], True),
        ([("stop", 0), ("resume", 5), ("stop", 0)], False),
    ],
)
def test_the_latest_wish_counts_in_whatever_order_they_come(
    app: Flask,
    owner: Person,
    instance: WhatsAppInstance,
    said: list[tuple[str, int]],
    opted_out: bool,
    together: bool,
) -> None:
    native = [preference(value, at) for value, at in said]
    spoken = [text_from(DANA, {"stop": "STOP", "resume": "START"}[value], at=at) for value, at in said]
    if together:
        arrive(app, instance, preferences_of(instance, *native), messages_of(instance, *spoken))
    else:
        for choice, words in zip(native, spoken, strict=True):
            arrive(app, instance, preferences_of(instance, choice))
            arrive(app, instance, messages_of(instance, words))
    assert standing(owner.tenant_id) == ({(DANA, "native"), (DANA, "stop_word")} if opted_out else set())


def test_a_wish_to_hear_from_us_without_a_time_is_in_doubt(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    timeless = preference("stop") | {"timestamp": "?"}
    arrive(app, instance, preferences_of(instance, timeless))
    arrive(app, instance, preferences_of(instance, timeless | {"value": "resume"}))
    assert standing(owner.tenant_id) == {(DANA, "native")}


def test_a_clock_that_is_wrong_makes_nobody_deaf(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    arrive(app, instance, preferences_of(instance, preference("resume", 10**7)))
    arrive(app, instance, preferences_of(instance, preference("stop") | {"timestamp": int(time.time()) + 2}))
    assert standing(owner.tenant_id) == {(DANA, "native")}


def test_what_a_person_took_back_is_not_undone_by_an_old_callback(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    stop = messages_of(instance, text_from(DANA, "STOP"))
    arrive(app, instance, stop)
    (dana,) = people(owner.tenant_id)
    contacts.opt_in(owner.tenant_id, dana.id)
    arrive(app, instance, stop)
    assert standing(owner.tenant_id) == set()


def test_an_opt_out_keeps_somebody_who_waits_from_passing_the_gate(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 3)
    stopped, native, waiting = recipients(campaign)
    arrive(
        app,
        instance,
        messages_of(instance, text_from(stopped.phone_number.lstrip("+"), "STOP")),
        preferences_of(instance, preference("stop", wa_id=native.phone_number.lstrip("+"))),
    )
    store = Store(current_app.config["CRIER"].database_url)
    batch = claim(store, owner.tenant_id, campaign.id, 60)
    assert batch is not None
    window = gate(store, batch, 10, lease_seconds=60, post_seconds=30)
    assert window is not None
    assert window.held_back == {stopped.number: "opted_out", native.number: "opted_out"}
    assert waiting.number in {row.number for row in window.rows}
    store.close()


def test_no_gate_passes_while_a_wish_is_written_down(owner: Person) -> None:
    said = Wish(DANA, "stop_word", wants=False, at=BEGAN)
    wishes.heed(owner.tenant_id, [said])
    asked = "select pg_try_advisory_xact_lock_shared(hashtextextended(cast(:tenant as text), 2))"
    with as_owner() as connection:
        assert connection.scalar(text(asked), {"tenant": str(owner.tenant_id)}) is False
    db.session.commit()
    with as_owner() as connection:
        assert connection.scalar(text(asked), {"tenant": str(owner.tenant_id)}) is True


def test_an_opt_out_that_the_provider_tells_of_is_kept(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    send(campaign)
    first, _ = recipients(campaign)
    arrive(app, instance, statuses_of(instance, status_of(first, "failed", code=131050)))
    assert standing(owner.tenant_id) == {(first.phone_key, "provider_error")}
    assert statuses(campaign) == {"failed": 1, "accepted": 1}
    check_counts(campaign)
    assert campaign.status == "running"


def test_a_colleagues_message_from_the_phone_is_no_answer(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    contacts.create(owner.tenant_id, phone_number="+4915100000001")
    contact = contacts.create(owner.tenant_id, phone_number=f"+{DANA}")
    contacts.create(owner.tenant_id, phone_number="+4915100000002")
    item = {"from": "12025550100", "to": DANA, "id": "wamid.echo", "timestamp": str(BEGAN)}
    echo = item | {"type": "text", "text": {"body": "STOP"}}
    change = change_of(instance, "smb_message_echoes", message_echoes=[echo])
    arrive(app, instance, *[body_of(change, account=instance.business_account_id)] * 2)
    (row,) = history(owner.tenant_id)
    assert (row.direction, row.status, row.content, row.contact_id) == ("out", "sent", "STOP", contact.id)
    assert standing(owner.tenant_id) == set()
    assert {row.last_inbound_at for row in people(owner.tenant_id)} == {None}
    assert events(owner.tenant_id, "message_received") == []


def moved(to: str, **more: Any) -> dict[str, Any]:
    notice = {"body": "Dana changed", "wa_id": to, "type": "user_changed_number"} | more
    return {"type": "system", "system": notice}


def test_somebody_who_changes_their_number_stays_the_same_contact(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    contact = contacts.create(owner.tenant_id, phone_number=f"+{DANA}", name="Dana")
    arrive(app, instance, messages_of(instance, text_from(DANA, "STOP")))
    notice = text_from(DANA, "", **moved("5511987654321"))
    arrive(app, instance, messages_of(instance, notice), messages_of(instance, notice))
    (found,) = people(owner.tenant_id)
    assert (found.id, found.phone_number, found.wa_id) == (contact.id, "+5511987654321", "5511987654321")
    assert standing(owner.tenant_id) == {(DANA, "stop_word"), ("5511987654321", "stop_word")}
    assert [row.type for row in history(owner.tenant_id)] == ["text", "system"]
    assert len(events(owner.tenant_id, "message_received")) == 1, "a notice is no message of theirs"


def test_a_new_number_that_another_contact_has_stays_theirs(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    contacts.create(owner.tenant_id, phone_number=f"+{DANA}")
    contacts.create(owner.tenant_id, phone_number="+5511987654321")
    old = text_from(
        DANA, "", type="system", system={"new_wa_id": "5511987654321", "type": "customer_changed_number"}
    )
    arrive(app, instance, messages_of(instance, old, text_from("4915100000009", "Hi")))
    assert [row.phone_number for row in people(owner.tenant_id)] == [
        f"+{DANA}",
        "+5511987654321",
        "+4915100000009",
    ]
    assert inbox(owner.tenant_id)[0].error is None


@pytest.mark.parametrize(
    "notice", [moved("not a number"), moved("", type="customer_identity_changed"), {"type": "system"}]
)
def test_a_notice_that_says_nothing_of_a_number_changes_none(
    app: Flask, owner: Person, instance: WhatsAppInstance, notice: dict[str, Any]
) -> None:
    contacts.create(owner.tenant_id, phone_number=f"+{DANA}")
    arrive(app, instance, messages_of(instance, text_from(DANA, "", **notice)))
    (found,) = people(owner.tenant_id)
    assert (found.phone_number, found.last_inbound_at) == (f"+{DANA}", None)


def test_one_item_that_can_not_be_written_costs_only_itself(
    app: Flask, owner: Person, instance: WhatsAppInstance, caplog: pytest.LogCaptureFixture
) -> None:
    """The database itself refuses one message: a rule that nobody here knows of."""
    make_people(owner.tenant_id, 1)
    with as_owner() as connection:
        connection.execute(
            text("alter table messages_history add constraint odd check (content <> 'poison')")
        )
    try:
        good, bad = text_from(DANA, "good"), text_from(DANA, "poison")
        stop, later = text_from(DANA, "STOP"), text_from(DANA, "later")
        arrive(app, instance, messages_of(instance, later), messages_of(instance, good, bad, stop))
    finally:
        with as_owner() as connection:
            connection.execute(text("alter table messages_history drop constraint odd"))
    assert sorted(row.content for row in history(owner.tenant_id)) == ["STOP", "good", "later"]
    assert standing(owner.tenant_id) == {(DANA, "stop_word")}
    assert [row.error for row in inbox(owner.tenant_id)] == [None, "could not be applied: 1"]
    assert all(row.applied_at for row in inbox(owner.tenant_id))
    assert "news_not_applied" in caplog.text
    assert "poison" not in caplog.text.replace("'poison'::text", ""), "nothing that people wrote is in a log"


def test_opt_outs_of_one_source_do_not_pile_up(app: Flask, owner: Person, instance: WhatsAppInstance) -> None:
    for at in range(3):
        arrive(app, instance, messages_of(instance, text_from(DANA, "STOP", at=at)))
    assert len(opt_outs.standing(owner.tenant_id, [DANA])) == 1
    assert len(events(owner.tenant_id, "contact_updated")) == 1
