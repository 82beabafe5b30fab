"""`/ws` on a real server: who may listen, what is told and how soon, what was missed, and when it ends."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text, update
from sqlalchemy.exc import OperationalError

from embedded.ports import free_port
from tests import builders
from tests.causing import CAUSES
from tests.listening import close_code, hear, listen, open_and_never_read, refusal
from tests.overtaken import slow_event
from tests.people import Person, join
from tests.processes import ROOT, answers, environment_of, wait_until
from tests.watching import eventually
from webapp.api import ws
from webapp.api.shapes import events as shapes
from webapp.config import Settings
from webapp.db import act_for, as_owner, db
from webapp.models.events import Event
from webapp.models.sessions import VisitorSession
from webapp.services import api_keys, contacts, events, groups, retention
from webapp.services.feed import badges, feed, outbox, queue, stream
from webapp.services.feed.listener import Listener
from webapp.services.live import hub


def make_key(tenant_id: uuid.UUID, *scopes: str, **other: Any) -> str:
    return api_keys.create(tenant_id, name="Shop", scopes_asked=scopes or ("events:read",), **other)[1]


def last_event(tenant_id: uuid.UUID) -> str:
    query = Event.of(tenant_id).with_only_columns(Event.id).order_by(Event.sequence.desc()).limit(1)
    return str(db.session.scalars(query).one())


def names(told: list[dict[str, Any]]) -> list[str]:
    return [one["payload"]["name"] for one in told if "payload" in one]


# What is told


@pytest.mark.parametrize("name", [name for name in CAUSES if name != "message_status_changed"])
def test_every_event_is_told_once_in_the_shape_of_the_documents(
    app: Flask, host: str, owner: Person, name: str
) -> None:
    socket = listen(host, owner)
    CAUSES[name](app, owner)
    told = hear(socket, until=name)  # how soon it is there test_seventeen_events.py looks at
    told += hear(socket, 0.2)
    for one in told:
        shapes.Event.read(one)
        shapes.PAYLOADS[one["type"]].read(one["payload"])
    ids = [one["id"] for one in told]
    assert len(ids) == len(set(ids))
    assert {one["tenantId"] for one in told} == {str(owner.tenant_id)}
    socket.close()


def test_single_messages_are_told_only_to_webhooks(app: Flask, host: str, owner: Person) -> None:
    socket = listen(host, owner)
    CAUSES["message_status_changed"](app, owner)
    act_for(owner.tenant_id)
    assert db.session.scalar(Event.of(owner.tenant_id).where(Event.type == "message_status_changed").limit(1))
    assert "message_status_changed" not in [one["type"] for one in hear(socket, 0.7)]
    socket.close()


def test_a_strangers_events_are_not_told(host: str, owner: Person, stranger: Person) -> None:
    mine, theirs = listen(host, owner), listen(host, stranger)
    groups.create(owner.tenant_id, name="Mine")
    assert names(hear(mine, until="group_created")) == ["Mine"]
    assert hear(theirs, 0.4) == []
    mine.close()
    theirs.close()


def test_what_is_rolled_back_is_never_told(host: str, owner: Person) -> None:
    socket = listen(host, owner)
    events.emit(owner.tenant_id, "group_created", None, {"name": "Undone"})
    db.session.rollback()
    groups.create(owner.tenant_id, name="Done")
    assert names(hear(socket, until="group_created")) == ["Done"]
    socket.close()


def test_events_are_told_without_redis(
    web: Flask, host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_LOOK_EVERY", 0.3)
    monkeypatch.setattr(events, "tell", lambda *_: None)
    socket = listen(host, owner)
    groups.create(owner.tenant_id, name="Silent")
    assert names(hear(socket, until="group_created")) == ["Silent"]
    socket.close()


def test_what_was_told_while_nobody_subscribed_is_told_when_the_subscription_is_back(
    web: Flask, host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "tell", lambda *_: None)
    socket = listen(host, owner)
    groups.create(owner.tenant_id, name="Unheard")
    web.extensions["crier_live"]._tick(False)
    assert names(hear(socket, 2, until="group_created")) == ["Unheard"]
    socket.close()


def test_a_slow_transaction_is_told_although_a_quick_one_overtook_it(
    app: Flask, host: str, owner: Person
) -> None:
    socket = listen(host, owner)
    with slow_event(app, owner.tenant_id, "group_created", name="slow"):
        for number in range(3):
            groups.create(owner.tenant_id, name=f"quick {number}")
            hear(socket, until="group_created")
    assert names(hear(socket, until="group_created")) == ["slow"]
    assert hear(socket, 0.3) == []
    socket.close()


def test_many_events_at_once_all_come_in_order(
    host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 40)
    socket = listen(host, owner)
    events.emit_all(owner.tenant_id, "group_updated", [(None, {"name": str(n)}) for n in range(333)])
    events.emit(owner.tenant_id, "group_deleted", None, {"name": "last"})
    db.session.commit()
    assert names(hear(socket, until="group_deleted")) == [*map(str, range(333)), "last"]
    socket.close()


def test_silence_is_broken_by_a_heartbeat(host: str, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ws, "HEARTBEAT_SECONDS", 0.2)
    socket = listen(host, owner)
    beats = [json.loads(socket.receive(timeout=2) or "{}") for _ in range(2)]
    assert [beat["type"] for beat in beats] == ["heartbeat"] * 2
    assert "id" not in beats[0]
    socket.close()


# What was missed


def test_what_was_missed_comes_first_and_nothing_twice(
    host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 7)
    groups.create(owner.tenant_id, name="seen")
    since = last_event(owner.tenant_id)
    for number in range(20):
        groups.create(owner.tenant_id, name=f"missed {number}")
    socket = listen(host, owner, since)
    groups.create(owner.tenant_id, name="new")
    told: list[str] = []
    assert eventually(lambda: told.extend(names(hear(socket, 0.3))) or "new" in told)
    assert told == [*(f"missed {number}" for number in range(20)), "new"]
    socket.close()


def test_what_was_told_while_it_was_caught_up_is_told_once(
    web: Flask, host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events keep coming while a reader catches up: each comes exactly once."""
    groups.create(owner.tenant_id, name="seen")
    since, done = last_event(owner.tenant_id), threading.Event()

    def make_many() -> None:
        with web.app_context():
            act_for(owner.tenant_id)
            for number in range(120):
                events.emit(owner.tenant_id, "group_updated", None, {"name": str(number)})
                db.session.commit()
            db.session.remove()
        done.set()

    thread = threading.Thread(target=make_many)
    thread.start()
    readers = []
    while not done.is_set() and len(readers) < hub.SEATS:
        readers.append(listen(host, owner, since))
        time.sleep(0.05)
    thread.join()
    groups.create(owner.tenant_id, name="last")
    for reader in readers:
        heard = names(hear(reader, until="group_created"))
        assert sorted(heard[:-1], key=int) == [*map(str, range(120))]
        assert len(heard) == 121
        reader.close()


def test_one_that_was_overtaken_is_not_missed(app: Flask, host: str, owner: Person) -> None:
    """An event of a lower sequence that is committed after the last one a reader got."""
    with slow_event(app, owner.tenant_id, "group_created", name="slow"):
        groups.create(owner.tenant_id, name="quick")
        since = last_event(owner.tenant_id)
    socket = listen(host, owner, since)
    assert names(hear(socket, until="group_created")) == ["slow"]
    socket.close()


@pytest.mark.parametrize("since", ["23f31e79-199d-4101-932b-92de040090b2", "yesterday", "%22%7B"])
def test_an_event_that_nobody_knows_is_said_and_the_rest_is_told(
    host: str, owner: Person, since: str
) -> None:
    socket = listen(host, owner, since)
    groups.create(owner.tenant_id, name="new")
    first, second = hear(socket, until="group_created")
    assert first["type"] == "since_unknown"
    assert names([second]) == ["new"]
    socket.close()


def test_a_figure_that_was_forgotten_after_a_day_is_said_and_any_other_event_is_known(
    host: str, owner: Person
) -> None:
    groups.create(owner.tenant_id, name="seen")
    known = last_event(owner.tenant_id)
    events.emit(owner.tenant_id, "campaign_progressed", None, {"name": "moved"})
    db.session.commit()
    forgotten = last_event(owner.tenant_id)
    groups.create(owner.tenant_id, name="missed")
    with as_owner() as connection:
        connection.execute(text("update events set created_at = created_at - interval '2 days'"))
    retention.forget_old()
    for since, first in ((known, "group_created"), (forgotten, "since_unknown")):
        socket = listen(host, owner, since)
        assert [one["type"] for one in hear(socket, until=first)] == [first]
        socket.close()


def test_a_strangers_event_is_as_unknown_as_any(host: str, owner: Person, stranger: Person) -> None:
    groups.create(owner.tenant_id, name="Mine")
    socket = listen(host, stranger, last_event(owner.tenant_id))
    assert [one["type"] for one in hear(socket, 0.5)] == ["since_unknown"]
    socket.close()


# Who may listen


def test_a_key_listens_without_an_origin(host: str, owner: Person) -> None:
    socket = listen(host, make_key(owner.tenant_id))
    groups.create(owner.tenant_id, name="Mine")
    assert names(hear(socket, until="group_created")) == ["Mine"]
    socket.close()


def test_the_documented_listener_hears_and_outlives_a_break(
    web: Flask, host: str, owner: Person, tmp_path: Path
) -> None:
    paper = (ROOT / "docs/webhooks.md").read_text().partition("## Listening at `/ws`")[2]
    found = re.search(r"^```python\n(.*?)^```", paper, re.M | re.S)
    assert found
    (tmp_path / "listener.py").write_text(found[1].replace("wss://your.crier", f"ws://{host}"))
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    command, env = [sys.executable, "listener.py"], os.environ | {"CRIER_KEY": token}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as it:
        try:
            assert it.stdout
            assert eventually(lambda: _listeners(web), 10)
            builders.make_contact(owner.tenant_id)
            assert it.stdout.readline().startswith("contact_created {")
            api_keys.revoke(owner.tenant_id, key.id)
            assert it.stdout.readline().startswith("again: ")
            assert it.poll() is None
        finally:
            it.kill()


def test_a_key_without_the_scope_or_of_nobody_is_refused(host: str, owner: Person) -> None:
    assert refusal(listen, host, make_key(owner.tenant_id, "contacts:read")) == 403
    assert refusal(listen, host, "crier_" + "x" * 43) == 401
    assert refusal(listen, host, owner, Authorization="Basic eDp5") == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_a_foreign_page_or_none_is_refused_before_the_upgrade(host: str, owner: Person, origin: str) -> None:
    assert refusal(listen, host, owner, Origin=origin) == 403


def test_nobody_listens_without_a_session(host: str, owner: Person) -> None:
    assert refusal(listen, host, owner, Cookie="") == 401
    assert refusal(listen, host, owner, Cookie="crier_session=forged") == 401


@pytest.mark.parametrize("role", ["viewer", "sender", "manager"])
def test_every_role_may_listen(app: Flask, host: str, owner: Person, role: str) -> None:
    socket = listen(host, join(app, owner.tenant_id, role))
    groups.create(owner.tenant_id, name="Mine")
    assert names(hear(socket, until="group_created")) == ["Mine"]
    socket.close()


def test_the_twenty_first_socket_of_a_holder_is_refused(host: str, owner: Person) -> None:
    key = make_key(owner.tenant_id)
    for who in (owner, key):
        open_ones = [listen(host, who) for _ in range(hub.SEATS)]
        assert refusal(listen, host, who) == 429
        for one in open_ones:
            one.close()


# When it ends


def test_signing_out_ends_it_at_once_and_nobody_elses(app: Flask, host: str, owner: Person) -> None:
    other = listen(host, join(app, owner.tenant_id, "viewer"))
    socket = listen(host, owner)
    assert owner.post("/sign-out").status_code == 303
    assert close_code(socket) == 1008
    assert other.connected
    other.close()


def test_a_role_that_changes_ends_it(app: Flask, host: str, owner: Person) -> None:
    person = join(app, owner.tenant_id, "sender")
    socket = listen(host, person)
    assert owner.post(f"/settings/people/{person.user_id}", {"role": "viewer"}).status_code == 303
    assert close_code(socket) == 1008


def test_a_key_that_is_revoked_ends_it_at_once(host: str, owner: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    socket, other = listen(host, token), listen(host, make_key(owner.tenant_id))
    api_keys.revoke(owner.tenant_id, key.id)
    assert close_code(socket) == 1008
    assert other.connected
    other.close()


def test_a_key_that_is_revoked_while_its_socket_opens_ends_it(
    host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    is_past_the_door, may_enter, enter = threading.Event(), threading.Event(), stream.Stream.enter

    def enter_late(entered: stream.Stream, listener: Listener) -> None:
        is_past_the_door.set()
        may_enter.wait(5)
        enter(entered, listener)

    monkeypatch.setattr(stream.Stream, "enter", enter_late)
    socket = listen(host, token)
    assert is_past_the_door.wait(5)
    api_keys.revoke(owner.tenant_id, key.id)
    time.sleep(0.5)  # until the doubt is over
    may_enter.set()
    assert close_code(socket) == 1008


def test_a_doubt_outlives_a_database_that_does_not_answer(
    host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    socket, asked = listen(host, token), []

    def fail_at_first(those: Iterable[badges.Badge]) -> set[badges.Badge]:
        asked.append(those)
        if len(asked) == 1:
            raise OperationalError("select", {}, Exception("the connection is lost"))
        return standing(those)

    standing = badges.standing
    monkeypatch.setattr(feed, "_AFTER_TROUBLE", 0.2)
    monkeypatch.setattr(badges, "standing", fail_at_first)
    api_keys.revoke(owner.tenant_id, key.id)
    assert close_code(socket) == 1008


def test_a_session_that_ran_out_is_found_although_nobody_said_so(
    host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "CHECK_EVERY", 0.3)
    socket = listen(host, owner)
    assert hear(socket, 0.8) == []
    assert socket.connected
    db.session.execute(update(VisitorSession).values(expires_at=db.func.now()))
    db.session.commit()
    assert close_code(socket, 3) == 1008


def test_a_listener_has_nothing_to_say(host: str, owner: Person) -> None:
    socket = listen(host, owner)
    socket.send("subscribe me to everything")
    assert close_code(socket) == 1008


def test_a_stopping_process_sends_its_listeners_to_the_next_one(web: Flask, host: str, owner: Person) -> None:
    socket = listen(host, owner)
    assert eventually(lambda: web.extensions["crier_live"].feed._streams)
    web.extensions["crier_live"].stop()
    assert close_code(socket) == 1012


def test_one_that_is_gone_leaves_nothing_behind(web: Flask, host: str, owner: Person) -> None:
    socket = listen(host, owner)
    own_hub = web.extensions["crier_live"]
    assert eventually(lambda: own_hub.feed._streams)
    socket.close()
    assert eventually(lambda: not own_hub.feed._streams and not own_hub._seats)


# Many, and slow ones


def test_fifty_sockets_ask_the_database_no_more_than_one(app: Flask, host: str, owner: Person) -> None:
    asked: list[str] = []
    people = [owner, *(join(app, owner.tenant_id, "viewer") for _ in range(2))]

    def statements_for(count: int) -> int:
        open_ones = [listen(host, people[number % 3]) for number in range(count)]
        time.sleep(0.5)
        asked.clear()
        for number in range(5):
            groups.create(owner.tenant_id, name=f"{count} {number}")
        for one in open_ones:
            for _ in range(5):
                hear(one, until="group_created")
        for one in open_ones:
            one.close()
        return sum("told_event" in statement for statement in asked)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        alone, many = statements_for(1), statements_for(50)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 1 <= alone <= 6
    assert 1 <= many <= 6


def test_open_sockets_hold_no_connection_of_the_database(web: Flask, host: str, owner: Person) -> None:
    open_ones = [listen(host, owner) for _ in range(5)]
    with web.app_context():
        assert eventually(lambda: db.engine.pool.checkedout() == 0)
    for one in open_ones:
        one.close()


def test_one_that_does_not_read_is_let_go_and_holds_up_nobody(
    web: Flask, host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_EVENTS", 100)
    deaf = open_and_never_read(host, "/ws", owner)
    reading = listen(host, owner)
    assert eventually(lambda: len(_listeners(web)) == 2)
    for _ in range(60):
        events.emit_all(owner.tenant_id, "group_updated", [(None, {"name": "x" * 20_000})] * 10)
        db.session.commit()
        assert _read(reading, 10)
    late = [one for one in _listeners(web) if one.is_late]
    assert len(late) == 1
    assert len(late[0]._waiting) <= 100
    reading.close()
    deaf.close()


def test_one_that_is_too_far_behind_is_told_so(
    web: Flask, host: str, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_EVENTS", 10)
    socket = listen(host, owner)
    assert eventually(lambda: _listeners(web))
    events.emit_all(owner.tenant_id, "group_updated", [(None, {"name": "x"})] * 11)
    db.session.commit()
    assert close_code(socket) == ws.TOO_SLOW


def _listeners(web: Flask) -> list[Any]:
    return web.extensions["crier_live"].feed._listeners()


def _read(socket: Any, count: int) -> bool:
    return all(socket.receive(timeout=5) is not None for _ in range(count))


def test_a_plain_request_is_refused(owner: Person) -> None:
    assert owner.get("/ws").status_code == 400


def test_under_gunicorn_events_come_and_a_stop_is_quick(
    settings: Settings, owner: Person, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "-c", "gunicorn.conf.py"]
    said = (tmp_path / "web.log").open("wb")
    process = subprocess.Popen(
        command, env=environment_of(settings, port, tmp_path), stdout=said, stderr=said
    )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 30)
        socket = listen(f"127.0.0.1:{port}", owner)
        contact = builders.make_contact(owner.tenant_id)
        assert names(hear(socket, until="contact_created")) == ["Dana"]
        contacts.remove(owner.tenant_id, contact.id)
        hear(socket, 1, until="contact_deleted")
        process.terminate()
        assert close_code(socket) == 1012
        assert process.wait(4) == 0
    finally:
        process.kill()
        process.wait()
        said.close()
