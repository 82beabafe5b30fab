"""The small socket of a page: who may have one, what it says, and how seldom."""

import re
import threading
import time
import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from simple_websocket import Client
from sqlalchemy import text

from tests.builders import make_contact
from tests.listening import close_code, refusal
from tests.people import Person, join
from tests.watching import cookie_of, eventually
from webapp.db import as_owner, db
from webapp.domain.events import EVENTS
from webapp.services import contacts, events, groups
from webapp.services.feed import changes, outbox
from webapp.services.feed.badges import Badge
from webapp.services.feed.changes import Changes
from webapp.services.feed.outbox import Told
from webapp.views.following import PLACES


def follow(host: str, person: Person | None, place: str, **asked: Any) -> Client:
    sent = {"Origin": f"http://{host}"} | ({"Cookie": cookie_of(person)} if person else {})
    sent |= asked.pop("headers", {})
    query = "&".join(f"{name}={value}" for name, value in {"place": place, **asked}.items())
    return Client.connect(
        f"ws://{host}/following?{query}", headers={name: value for name, value in sent.items() if value}
    )


def notes(socket: Client, seconds: float) -> list[str]:
    """Everything that it says within this time."""
    end, said = time.monotonic() + seconds, []
    while (left := end - time.monotonic()) > 0:
        if note := socket.receive(timeout=left):
            said.append(note)
    return said


def ready(web: Flask, listeners: int = 1) -> None:
    assert eventually(lambda: len(web.extensions["crier_live"].feed._listeners()) == listeners)


def test_a_page_is_told_what_concerns_it_and_nothing_else(web: Flask, host: str, owner: Person) -> None:
    people, texts = follow(host, owner, "contacts"), follow(host, owner, "templates")
    ready(web, 2)
    make_contact(owner.tenant_id)
    (note,) = notes(people, 0.7)
    assert 'hx-target="#contacts-list"' in note
    assert "hx-swap-oob" in note
    assert notes(texts, 0.3) == []
    people.close()
    texts.close()


def test_a_strangers_page_is_told_nothing(web: Flask, host: str, owner: Person, stranger: Person) -> None:
    theirs = follow(host, stranger, "contacts")
    ready(web)
    make_contact(owner.tenant_id)
    assert notes(theirs, 0.5) == []
    theirs.close()


def test_a_burst_is_told_at_once_and_then_once_a_second(web: Flask, host: str, owner: Person) -> None:
    socket = follow(host, owner, "groups")
    ready(web)
    until = time.monotonic() + 1.5
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(notes(socket, 3)))
    reader.start()
    while time.monotonic() < until:
        groups.create(owner.tenant_id, name=uuid.uuid4().hex)
    reader.join()
    assert 2 <= len(said) <= 4
    socket.close()


def test_one_thing_is_followed_by_its_id_until_it_is_gone(web: Flask, host: str, owner: Person) -> None:
    mine, other = make_contact(owner.tenant_id), make_contact(owner.tenant_id)
    socket = follow(host, owner, "contact-form", id=mine.id)
    ready(web)
    contacts.remove(owner.tenant_id, other.id)
    assert notes(socket, 0.4) == []
    contacts.update(owner.tenant_id, mine.id, phone_number=mine.phone_number or "", name="Eve")
    assert ["changed this meanwhile" in note for note in notes(socket, 0.7)] == [True]
    contacts.remove(owner.tenant_id, mine.id)
    assert ["to the trash meanwhile" in note for note in notes(socket, 1.5)] == [True]
    socket.close()


def test_what_happened_between_the_drawing_and_the_socket_is_told(host: str, owner: Person) -> None:
    drawn_at = outbox.horizon(owner.tenant_id)
    make_contact(owner.tenant_id)
    late, fresh = (
        follow(host, owner, "contacts", since=drawn_at),
        follow(host, owner, "contacts", since=outbox.horizon(owner.tenant_id)),
    )
    assert len(notes(late, 0.7)) == 1
    assert notes(fresh, 0.3) == []
    late.close()
    fresh.close()


def test_what_happened_long_ago_and_much_since_is_told_to_a_page_that_was_away(
    host: str, owner: Person
) -> None:
    drawn_at = outbox.horizon(owner.tenant_id)
    mine, other = make_contact(owner.tenant_id), make_contact(owner.tenant_id)
    contacts.remove(owner.tenant_id, mine.id)
    events.emit_all(owner.tenant_id, "group_updated", [(None, {})] * (outbox.AT_ONCE + 1))
    db.session.commit()
    with as_owner() as connection:
        connection.execute(text("update events set created_at = created_at - interval '1 day'"))
    expected = {mine.id: ["trash"], other.id: ["changed"], uuid.uuid4(): []}
    pages = {key: follow(host, owner, "contact-form", id=key, since=drawn_at) for key in expected}
    texts = follow(host, owner, "templates", since=drawn_at)
    told = {
        key: [re.findall("trash|changed", note)[0] for note in notes(page, 0.2)]
        for key, page in pages.items()
    }
    assert told == expected
    assert notes(texts, 0.1) == []
    for page in (*pages.values(), texts):
        page.close()


def test_what_a_database_brought_along_is_not_new(host: str, owner: Person) -> None:
    """One that was restored into another server: its transactions have higher numbers than those that come."""
    make_contact(owner.tenant_id)
    with as_owner() as connection:
        connection.execute(text("update events set xid = xid + 1000000"))
    page = follow(host, owner, "contacts", since=outbox.horizon(owner.tenant_id))
    assert notes(page, 0.3) == []
    page.close()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_foreign_page_follows_nothing(host: str, owner: Person, origin: str) -> None:
    assert refusal(follow, host, owner, "contacts", headers={"Origin": origin}) == 403


def test_nobody_follows_without_a_session_or_a_place_that_there_is_not(host: str, owner: Person) -> None:
    assert refusal(follow, host, None, "contacts") == 403
    assert refusal(follow, host, owner, "payroll") == 404


def test_signing_out_ends_it(app: Flask, web: Flask, host: str, owner: Person) -> None:
    person = join(app, owner.tenant_id, "viewer")
    socket = follow(host, person, "contacts")
    ready(web)
    assert person.post("/sign-out").status_code == 303
    assert close_code(socket, 2) == 1008


def test_a_stopping_process_sends_its_pages_to_the_next_one(web: Flask, host: str, owner: Person) -> None:
    socket = follow(host, owner, "contacts")
    ready(web)
    web.extensions["crier_live"].stop()
    assert close_code(socket) == 1012


def test_a_page_has_nothing_to_say(host: str, owner: Person) -> None:
    socket = follow(host, owner, "contacts")
    socket.send("hello")
    assert close_code(socket) == 1008


def test_figures_that_move_by_themselves_are_told_more_slowly(owner: Person) -> None:
    page = Changes(Badge(owner.user_id, "x"), ("campaign",), None, lambda: None)
    moved = Told(uuid.uuid4(), "campaign_progressed", uuid.uuid4(), 1, 1, "{}")
    page.put([moved])
    assert page.take(), "the first is told at once"
    page.put([moved])
    assert changes.AT_MOST_EVERY < (page.seconds_left or 0) <= changes.PROGRESS_EVERY
    page.put([replace(moved, type="campaign_updated")])
    assert 0 < (page.seconds_left or 0) <= changes.AT_MOST_EVERY


def test_places_name_what_the_catalogue_knows_and_parts_that_are_on_their_pages(owner: Person) -> None:
    for place in PLACES.values():
        assert set(place.about) <= {kind.about for kind in EVENTS.values()}
    events.emit(owner.tenant_id, "group_created", None, {})
    db.session.commit()
    for path, name in (("/", "dashboard"), ("/contacts", "contacts"), ("/groups", "groups"), ("/webhooks", "webhooks"),
                       ("/templates", "templates"), ("/campaigns", "campaigns"), ("/messages", "messages"),
                       ("/contacts/imports", "imports")):  # fmt: skip
        page = owner.get(path).text
        assert f'id="{PLACES[name].part}"' in page, path
        assert f"/following?place={name}&amp;since=" in page, path
