"""POSTs with an Idempotency-Key, by real threads against the real door."""

import dataclasses
import threading
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.api.caller import Caller
from webapp.config import Settings
from webapp.db import db
from webapp.models.contacts import Contact
from webapp.models.events import Event

JOHN = {"phoneNumber": "+1234567890", "name": "John Doe"}
KEY = {"Idempotency-Key": "order-4711"}


def count(caller: Caller, model: type[Contact] | type[Event]) -> int:
    return db.session.scalar(select(func.count()).where(model.tenant_id == caller.tenant_id)) or 0


def test_fifty_equal_posts_at_once_have_one_effect(app: Flask, caller: Caller) -> None:
    answers: list[tuple[int, str]] = []
    ready = threading.Barrier(50)

    def post() -> None:
        ready.wait()
        answer = Caller(app.test_client(), caller.tenant_id, caller.key_id, caller.token).ask(
            "POST", "/contacts", JOHN, headers=KEY
        )
        answers.append((answer.status_code, answer.json.get("id", "")))

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(status for status, _ in answers).keys() <= {201, 409}
    assert len({key for status, key in answers if status == 201}) == 1
    assert (count(caller, Contact), count(caller, Event)) == (1, 1)
    again = caller.ask("POST", "/contacts", JOHN, headers=KEY)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert (201, again.json["id"]) in answers


def test_another_body_under_the_same_key_is_refused(caller: Caller) -> None:
    caller.post("/contacts", JOHN, headers=KEY)
    assert caller.error("POST", "/contacts", JOHN | {"name": "Jane"}, headers=KEY) == (
        422,
        "invalid",
        "Idempotency-Key",
    )
    assert caller.error("POST", "/groups", JOHN, headers=KEY)[0] == 422
    assert count(caller, Contact) == 1


def test_a_refusal_is_told_again_as_it_was(caller: Caller) -> None:
    first = caller.ask("POST", "/contacts", {"phoneNumber": "x"}, headers=KEY)
    again = caller.ask("POST", "/contacts", {"phoneNumber": "x"}, headers=KEY)
    assert (first.status_code, first.json) == (again.status_code, again.json) == (422, first.json)


@pytest.mark.parametrize("key", ["", "with space", "two,keys", "x" * 256, "é"])
def test_a_key_that_is_none_is_refused(caller: Caller, key: str) -> None:
    assert caller.error("POST", "/contacts", JOHN, headers={"Idempotency-Key": key})[0] == 422
    assert count(caller, Contact) == 0


def test_keys_of_two_programs_are_two(caller: Caller, foreign: Caller) -> None:
    caller.post("/contacts", JOHN, headers=KEY)
    assert foreign.ask("POST", "/contacts", JOHN | {"name": "Jane"}, headers=KEY).status_code == 201


def test_a_list_is_brought_in_once(caller: Caller) -> None:
    lines = b'{"phoneNumber": "+1234567890"}\n' * 50_000
    tries = [
        caller.ask("POST", "/contacts/imports", data=lines, content_type="application/x-ndjson", headers=KEY)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in tries] == [202, 202]
    assert tries[0].json == tries[1].json
    assert len(caller.get("/contacts/imports")["items"]) == 1


def test_a_secret_that_is_told_once_is_sealed_where_its_answer_is_kept(caller: Caller) -> None:
    new = {"name": "Shop", "url": "https://hooks.example.com/shop"}
    made = caller.ask("POST", "/webhooks", new, headers=KEY)
    other = {"Idempotency-Key": "order-4712"}
    renewed = caller.ask("POST", f"/webhooks/{made.json['id']}/regenerate-secret", headers=other)
    assert made.json["secret"].startswith("whsec_")
    rows = db.session.execute(text("select * from idempotent_requests")).all()
    assert len(rows) == 2
    dump = [value.decode() if isinstance(value, bytes) else str(value) for row in rows for value in row]
    for secret in ("whsec_", made.json["secret"], renewed.json["secret"]):
        assert secret not in " ".join(dump)
    again = caller.ask("POST", "/webhooks", new, headers=KEY)
    assert (again.status_code, again.data, again.headers["Location"]) == (
        201,
        made.data,
        made.headers["Location"],
    )


def test_an_answer_that_can_not_be_opened_any_more_is_no_reason_to_do_it_again(
    app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.post("/contacts", JOHN, headers=KEY)
    fresh: Settings = dataclasses.replace(app.config["CRIER"], encryption_keys={"k2": bytes(32)})
    monkeypatch.setitem(app.config, "CRIER", fresh)
    assert caller.error("POST", "/contacts", JOHN, headers=KEY)[:2] == (409, "conflict")
    assert count(caller, Contact) == 1


def test_where_there_is_no_body_no_kind_is_said(caller: Caller) -> None:
    john = caller.post("/contacts", JOHN)["id"]
    gone = caller.ask("DELETE", f"/contacts/{john}")
    erased = [caller.ask("POST", f"/contacts/{john}/erase", headers=KEY) for _ in range(2)]
    assert erased[1].headers["Idempotent-Replayed"] == "true"
    assert [(one.status_code, one.headers.get("Content-Type")) for one in (gone, *erased)] == [
        (204, None)
    ] * 3
