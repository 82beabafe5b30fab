"""The password once more before what is grave."""

import re
import time
from typing import Any

import pytest
from flask import Flask

from tests.numbers import ACCESS, make_number, typed
from tests.people import Person, join, outside
from webapp.db import db
from webapp.models.users import Membership, User
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import passwords
from webapp.views.step_up import WITHIN_SECONDS

PASSWORD = "four unrelated little words"
ASKED = "Is it still you?"


@pytest.fixture
def boss(owner: Person) -> Person:
    """An owner with a password, who signed in an hour ago."""
    set_password(owner)
    proved(owner, 3600, again=True)
    return owner


def set_password(person: Person) -> None:
    db.session.get_one(User, person.user_id).password_hash = passwords.hashed(PASSWORD)
    db.session.commit()


def proved(person: Person, seconds_ago: int, *, again: bool) -> None:
    def write() -> None:
        with person.client.session_transaction() as session:
            session["proved"] = [int(time.time()) - seconds_ago, again]

    outside(write)


def roles(person: Person) -> dict[str, str]:
    db.session.expire_all()
    query = db.select(User.email, Membership.role).join(User, User.id == Membership.user_id)
    rows = db.session.execute(query.where(Membership.tenant_id == person.tenant_id))
    return {row.email: row.role for row in rows}


def names(person: Person) -> list[str]:
    return [row.name for row in db.session.scalars(WhatsAppInstance.of(person.tenant_id))]


def test_what_was_typed_goes_along_with_the_question_and_is_done_with_the_answer(boss: Person) -> None:
    form = {"email": "new@example.org", "role": "sender"}
    asked = boss.post("/settings/people/new", form)
    assert asked.status_code == 422
    assert ASKED in asked.text
    assert 'action="/settings/people/new' in asked.text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
    assert {name: carried[name] for name in form} == form
    assert "new@example.org" not in roles(boss)
    done = boss.post("/settings/people/new", form | {"present_password": PASSWORD})
    assert done.status_code == 200
    assert "Hand this link over" in done.text
    assert roles(boss)["new@example.org"] == "sender"


def test_nobody_is_asked_twice_within_ten_minutes(boss: Person) -> None:
    assert ASKED in boss.get("/numbers/new").text
    answer = boss.post("/confirm?next=/numbers/new", {"present_password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/numbers/new")
    assert "Connect a number" in boss.get("/numbers/new").text
    assert boss.post("/numbers/new", typed()).status_code == 303
    proved(boss, WITHIN_SECONDS - 5, again=True)
    assert ASKED not in boss.get("/numbers/new").text
    proved(boss, WITHIN_SECONDS + 1, again=True)
    assert ASKED in boss.get("/numbers/new").text


def test_to_have_signed_in_lately_is_enough_for_what_shows_no_secret(boss: Person) -> None:
    proved(boss, 60, again=False)
    assert ASKED not in boss.get("/numbers/new").text


@pytest.mark.parametrize("wrong", ["", "x", PASSWORD + " ", "\x00"])
def test_a_wrong_password_changes_nothing_and_keeps_what_was_typed(boss: Person, wrong: str) -> None:
    answer = boss.post("/numbers/new", typed(name="Harbour") | {"present_password": wrong})
    assert answer.status_code == 422
    assert "password" in answer.text
    assert 'name="name" value="Harbour"' in answer.text
    assert names(boss) == []
    assert ASKED in boss.get("/numbers/new").text


def test_tries_are_limited_with_those_of_signing_in(boss: Person) -> None:
    for _ in range(10):
        assert boss.post("/confirm", {"present_password": "wrong"}).status_code == 422
    answer = boss.post("/confirm", {"present_password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many tries" in answer.text
    assert ASKED in boss.get("/numbers/new").text
    change = {"old_password": PASSWORD, "password": "another four little words"}
    assert boss.post("/settings/password", change).status_code == 429


def test_what_is_grave_is_guarded(app: Flask, boss: Person) -> None:
    number = make_number(boss.tenant_id)
    other = join(app, boss.tenant_id, "sender")
    person = f"/settings/people/{other.user_id}"
    acts: list[tuple[str, dict[str, Any]]] = [
        ("/settings/people/new", {"email": "x@example.org", "role": "viewer"}),
        (person, {"role": "owner"}),
        (f"{person}/link", {}),
        (f"{person}/remove", {}),
        ("/numbers/new", typed(phone_number_id="1")),
        (f"/numbers/{number.id}/edit", typed(base_url="https://graph.facebook.com")),
    ]
    before = roles(boss)
    for path, form in acts:
        assert ASKED in boss.post(path, form).text, path
    assert roles(boss) == before
    assert names(boss) == [number.name]
    for path, form in acts[1:4]:
        assert boss.post(path, form | {"present_password": PASSWORD}).status_code in (200, 303), path
        proved(boss, 3600, again=True)
    assert other.email not in roles(boss)


def test_the_question_leads_nowhere_else(boss: Person) -> None:
    answer = boss.post("/confirm?next=//evil.example/x", {"present_password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_a_session_in_another_tenant_has_to_prove_itself_anew(app: Flask, boss: Person) -> None:
    proved(boss, 1, again=True)
    assert ASKED not in boss.get("/numbers/new").text
    assert boss.post(f"/settings/switch/{boss.tenant_id}").status_code == 303
    assert ASKED in boss.get("/numbers/new").text


def test_somebody_without_a_password_is_told_to_choose_one(owner: Person) -> None:
    proved(owner, 3600, again=False)
    page = owner.get("/numbers/new").text
    assert "You have no password yet" in page
    assert 'href="/settings/password"' in page
    assert owner.post("/settings/password", {"password": PASSWORD}).status_code == 303
    assert ASKED not in owner.get("/numbers/new").text


def test_the_question_is_in_no_other_page(boss: Person) -> None:
    assert all(secret not in boss.get("/numbers/new").text for secret in ACCESS.values())
    assert ASKED not in boss.get("/numbers").text
