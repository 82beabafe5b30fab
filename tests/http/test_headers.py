"""What every answer carries, and what an accident shows."""

import logging
from dataclasses import replace

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from tests.people import Person, outside
from webapp.app import create_app
from webapp.config import Settings

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def check_headers(answer: TestResponse) -> None:
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize(
    "path", ["/", "/groups", "/sign-in", "/nowhere", "/static/crier.css", "/healthz", "/readyz"]
)
def test_every_answer_is_sealed(owner: Person, path: str) -> None:
    check_headers(outside(owner.client.get, path))


def test_an_answer_to_somebody_signed_in_is_never_kept(owner: Person) -> None:
    for path in ("/", "/groups", "/settings"):
        answer = outside(owner.client.get, path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"HX-Request", "Cookie"} <= set(answer.vary)


def test_static_files_may_be_kept_by_their_content(owner: Person) -> None:
    page = owner.get("/").text
    assert "crier.css?v=" in page
    answer = outside(owner.client.get, "/static/crier.css")
    assert answer.cache_control.max_age == 365 * 24 * 3600
    assert "Set-Cookie" not in answer.headers


def test_https_is_kept_for_a_year(settings: Settings, app: Flask) -> None:
    client = create_app(replace(settings, base_url="https://crier.example")).test_client()
    answer = outside(client.get, "/sign-in", base_url="https://crier.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_foreign_host_name_is_refused(owner: Person) -> None:
    assert outside(owner.client.get, "/sign-in", base_url="http://evil.example").status_code == 400


def test_a_forwarded_address_counts_only_behind_a_known_proxy(settings: Settings, app: Flask) -> None:
    for hops, seen in ((0, "127.0.0.1"), (1, "203.0.113.9")):
        made = create_app(replace(settings, trusted_proxies=hops))
        found: list[str | None] = []
        made.before_request_funcs.setdefault(None, []).insert(0, lambda found=found: _note(found))
        outside(made.test_client().get, "/healthz", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
        assert found == [seen]


def _note(found: list[str | None]) -> None:

    found.append(request.remote_addr)


def test_an_accident_shows_a_sentence_and_a_number_and_nothing_else(
    settings: Settings, owner: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)
    for endpoint, function in list(app.view_functions.items()):
        if endpoint != "static":
            app.view_functions[endpoint] = _broken(function)
    client = app.test_client()
    with owner.client.session_transaction() as session, client.session_transaction() as other:
        other.update(session)
    with caplog.at_level(logging.ERROR):
        for path in ("/", "/groups", "/settings", "/sign-in"):
            answer = outside(client.get, path)
            assert answer.status_code == 500
            check_headers(answer)
            for secret in ("Traceback", "RuntimeError", "select * from", "/webapp/"):
                assert secret not in answer.text
            assert "went wrong on our side" in answer.text
            assert any(record.__dict__.get("accident", "-") in answer.text for record in caplog.records)


def _broken(_function: object) -> object:
    def broken(**_: object) -> None:
        raise RuntimeError("select * from secrets /webapp/")

    return broken


def test_a_machine_that_is_not_ready_says_what_is_missing(settings: Settings) -> None:
    app = create_app(replace(settings, redis_url="redis://127.0.0.1:9/0"))
    answer = outside(app.test_client().get, "/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "missing": ["redis"]})


def test_readiness_is_nobody_elses_business(app: Flask) -> None:
    answer = outside(app.test_client().get, "/readyz", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 404
