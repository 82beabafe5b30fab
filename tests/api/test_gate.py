"""Who comes in: a key that holds, with the scope, so often in a minute; a cookie never."""

import pytest
from flask import Flask

from tests.api.caller import Caller, make_caller
from tests.people import Person, outside
from webapp.api import gate
from webapp.services import api_keys, rate_limits


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "Send your API key as “Authorization: Bearer crier_…”."),
        ("Bearer", "Send your API key as “Authorization: Bearer crier_…”."),
        ("Basic eDp5", "Send your API key as “Authorization: Bearer crier_…”."),
        ("Bearer x", "This API key is not valid"),
        ("Bearer crier_x", "This API key is not valid"),
    ],
)
def test_without_a_key_nobody_comes_in(caller: Caller, value: str, sentence: str) -> None:
    answer = caller.ask("GET", "/contacts", headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["error"]["message"].startswith(sentence)


def test_a_wrong_key_and_one_that_was_taken_away_are_told_alike(caller: Caller) -> None:
    api_keys.revoke(caller.tenant_id, caller.key_id)
    wrong = caller.ask("GET", "/contacts", headers={"Authorization": "Bearer crier_x"})
    gone = caller.ask("GET", "/contacts")
    assert wrong.json == gone.json
    assert "not valid" in gone.json["error"]["message"]


def test_a_session_opens_nothing_here(owner: Person) -> None:
    assert outside(owner.client.get, "/api/v1/contacts").status_code == 401
    assert (
        outside(owner.client.post, "/api/v1/contacts", json={"phoneNumber": "+1234567890"}).status_code == 401
    )


def test_a_key_opens_no_page(app: Flask, caller: Caller) -> None:
    answer = outside(app.test_client().get, "/contacts", headers={"Authorization": f"Bearer {caller.token}"})
    assert answer.status_code == 303


def test_a_key_without_the_scope_is_refused_in_a_sentence(app: Flask, owner: Person) -> None:
    reader = make_caller(app, owner.tenant_id, "contacts:read")
    assert reader.get("/contacts")["items"] == []
    answer = reader.ask("POST", "/contacts", {"phoneNumber": "+1234567890"})
    assert answer.status_code == 403
    assert "contacts:write" in answer.json["error"]["message"]


def test_a_revoked_key_is_refused_by_the_next_request(caller: Caller) -> None:
    assert caller.ask("GET", "/contacts").status_code == 200
    api_keys.revoke(caller.tenant_id, caller.key_id)
    assert caller.ask("GET", "/contacts").status_code == 401


def test_every_answer_says_how_the_key_stands(caller: Caller) -> None:
    headers = caller.ask("GET", "/contacts").headers
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == ("600", "599")
    assert 1 <= int(headers["RateLimit-Reset"]) <= 60


def test_too_many_requests_are_told_when_to_go_on(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "PER_MINUTE", 3)
    monkeypatch.setattr(rate_limits, "_now", lambda: 1_800_000_000.0)
    answers = [caller.ask("GET", "/contacts") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].headers["Retry-After"] == "60"
    assert answers[3].headers["RateLimit-Remaining"] == "0"


def test_what_costs_more_may_be_asked_less_often(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "HEAVY_PER_MINUTE", 1)
    monkeypatch.setattr(rate_limits, "_now", lambda: 1_800_000_000.0)
    statuses = [
        caller.ask("POST", "/contacts/imports", data=b"x", content_type="text/plain").status_code
        for _ in range(2)
    ]
    assert statuses == [415, 429]
    assert caller.ask("GET", "/contacts").status_code == 200


def test_what_leads_nowhere_is_told_as_json(caller: Caller) -> None:
    assert caller.error("GET", "/nothing")[:2] == (404, "not_found")
    assert caller.error("GET", "/contacts/not-an-id")[:2] == (404, "not_found")
    assert caller.error("GET", "//contacts")[:2] == (404, "not_found")
    answer = caller.ask("PUT", "/contacts")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_an_accident_says_nothing_of_the_house(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("select secret from vault")

    monkeypatch.setattr(gate, "require", broken)
    answer = caller.ask("GET", "/contacts")
    assert (answer.status_code, answer.json["error"]["code"]) == (500, "internal")
    assert "secret" not in answer.text
