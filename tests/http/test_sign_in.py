"""Coming in and going out, and what keeps strangers out: limits, sessions, cookies, tokens, origins."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.people import Person, join, make_person, outside
from webapp.app import create_app
from webapp.config import Settings
from webapp.db import db
from webapp.domain.errors import Invalid
from webapp.models.users import User
from webapp.services import accounts, groups, passwords, sessions

EMAIL, PASSWORD = "ana@example.org", "lantern meadow sixteen"


@pytest.fixture
def ana(app: Flask) -> Person:
    """An owner with a password, whose browser is signed in."""
    person = make_person(app, email=EMAIL)
    db.session.execute(
        db.update(User).where(User.email == EMAIL).values(password_hash=passwords.hashed(PASSWORD))
    )
    db.session.commit()
    return person


def form_token(client: FlaskClient, path: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', outside(client.get, path).text)
    assert found
    return found[1]


def sign_in(
    client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, path: str = "/sign-in", **more: Any
) -> TestResponse:
    typed = {"email": email, "password": password, "csrf_token": form_token(client)}
    return outside(client.post, path, data=typed, **more)


def age(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def test_a_person_signs_in_and_out(app: Flask, ana: Person) -> None:
    client = app.test_client()
    answer = sign_in(client, email=" ANA@example.org ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert outside(client.get, "/groups").status_code == 200
    token = form_token(client, "/settings")
    cookie = outside(client.get_cookie, "crier_session").value
    left = outside(client.post, "/sign-out", data={"csrf_token": token})
    assert left.headers["Location"] == "/sign-in"
    client.set_cookie("crier_session", cookie)
    assert outside(client.get, "/groups").status_code == 303, "the old cookie must not come back to life"


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(app: Flask, ana: Person) -> None:
    def answer(email: str, password: str) -> tuple[int, str]:
        reply = sign_in(app.test_client(), email, password)
        return reply.status_code, re.sub(r'value="[^"]*"', "", reply.text)

    wrong, unknown = answer(EMAIL, "wrong password"), answer("bob@example.org", "wrong password")
    assert wrong == unknown
    assert wrong[0] == 422
    assert "do not go together" in wrong[1]


def test_an_address_that_no_database_could_hold_is_just_wrong(app: Flask, ana: Person) -> None:
    for odd in ("a\0b@example.org", "x" * 5000):
        with pytest.raises(Invalid, match="do not go together"):
            sessions.sign_in(odd, "a long and wrong one", "192.0.2.1")
    with pytest.raises(Invalid, match="not an e-mail address"):
        accounts.email_of("x" * 254 + "@example.org")


def test_a_person_without_a_password_or_tenant_can_not_sign_in(app: Flask, owner: Person) -> None:
    assert sign_in(app.test_client(), owner.email, "").status_code == 422
    assert sign_in(app.test_client(), owner.email, "the password of nobody").status_code == 422


def test_ten_tries_in_five_minutes_for_one_account_whatever_the_address(app: Flask, ana: Person) -> None:
    for n in range(10):
        reply = sign_in(
            app.test_client(), password="wrong", environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"}
        )
        assert reply.status_code == 422
    refused = sign_in(app.test_client(), environ_overrides={"REMOTE_ADDR": "192.0.2.99"})
    assert refused.status_code == 429
    assert "Wait five minutes" in refused.text
    age("update sign_in_tries set tried_at = tried_at - interval '6 minutes'")
    assert sign_in(app.test_client()).status_code == 303


def test_ten_tries_in_five_minutes_from_one_address_whatever_it_says_it_is(app: Flask, ana: Person) -> None:
    for n in range(10):
        sign_in(app.test_client(), f"nobody{n}@example.org", headers={"X-Forwarded-For": f"192.0.2.{n}"})
    assert sign_in(app.test_client(), headers={"X-Forwarded-For": "192.0.2.99"}).status_code == 429
    assert sign_in(app.test_client(), environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 303


def test_a_link_shows_whose_it_is_works_once_and_not_by_looking(app: Flask, owner: Person) -> None:
    path = f"/link/{accounts.link_user(owner.email)}"
    for _ in range(2):
        assert owner.email in outside(app.test_client().get, path).text
    client = app.test_client()
    assert outside(client.post, path, data={"csrf_token": form_token(client, path)}).status_code == 303
    assert outside(client.get, "/groups").status_code == 200
    late = app.test_client()
    token = form_token(late)
    assert outside(late.get, path).status_code == 404
    assert outside(late.post, path, data={"csrf_token": token}).status_code == 404


def test_a_link_lasts_fifteen_minutes(app: Flask, owner: Person) -> None:
    path = f"/link/{accounts.link_user(owner.email)}"
    age("update sign_in_links set expires_at = expires_at - interval '14 minutes'")
    assert outside(app.test_client().get, path).status_code == 200
    age("update sign_in_links set expires_at = expires_at - interval '1 minute'")
    answer = outside(app.test_client().get, path)
    assert (answer.status_code, "users link --email" in answer.text) == (404, True)


def test_no_token_is_stored_as_it_is(app: Flask, owner: Person) -> None:
    token = accounts.link_user(owner.email)
    rows = db.session.execute(
        text("select token_hash from sign_in_links union select token_hash from sessions")
    )
    assert token not in [row[0] for row in rows]


def test_a_refused_password_keeps_the_link_usable(app: Flask, owner: Person) -> None:
    path, client = f"/link/{accounts.link_user(owner.email)}", app.test_client()
    data = {"csrf_token": form_token(client, path), "password": "too short"}
    answer = outside(client.post, path, data=data)
    assert (answer.status_code, "at least 10 characters" in answer.text) == (422, True)
    answer = outside(client.post, path, data=data | {"password": PASSWORD})
    assert answer.status_code == 303
    assert "Your password is set." in outside(client.get, "/groups").text


@pytest.mark.parametrize(
    "password",
    [
        "nine char",
        "password1234",
        "qwertyuiop",
        "crierwhatsapp",
        "ana@example.org1",
        "aaaaaaaaaaaaaaaa",
        "x" * 129,
    ],
)
def test_short_endless_and_guessable_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.hashed(password, about=(EMAIL,))


def test_passwords_that_differ_after_72_bytes_are_two_passwords() -> None:
    start = "lantern meadow sixteen copper violin harbour marble thunder canyon velvet "
    assert len(start) > 72
    assert passwords.matches(passwords.hashed(start + "one"), start + "one")
    assert not passwords.matches(passwords.hashed(start + "one"), start + "two")


def test_each_sign_in_is_a_new_session_with_a_new_csrf_token(app: Flask, ana: Person) -> None:
    client = app.test_client()
    sign_in(client)
    first = outside(client.get_cookie, "crier_session").value
    old_token = form_token(client, "/settings")
    sign_in(client)
    assert outside(client.get_cookie, "crier_session").value != first
    refused = outside(client.post, "/groups/new", data={"name": "Friends", "csrf_token": old_token})
    assert refused.status_code == 400


def test_a_session_ends_after_twelve_idle_hours_and_after_seven_days(app: Flask, ana: Person) -> None:
    age("update sessions set seen_at = now() - interval '11 hours'")
    assert ana.get("/groups").status_code == 200
    age("update sessions set seen_at = now() - interval '13 hours'")
    assert ana.get("/groups").status_code == 303
    client = app.test_client()
    sign_in(client)
    age(
        "update sessions set expires_at = now() + interval '1 second', created_at = now() - interval '7 days'"
    )
    assert outside(client.get, "/groups").status_code == 200
    age("update sessions set expires_at = now()")
    assert outside(client.get, "/groups").status_code == 303


def cookie_of(app: Flask, base_url: str, path: str = "/sign-in") -> str:
    answer = outside(app.test_client().get, path, base_url=base_url)
    return str(answer.headers["Set-Cookie"])


def test_the_cookie_is_closed_to_scripts_and_other_sites(app: Flask) -> None:
    cookie = cookie_of(app, "http://localhost")
    assert cookie.startswith("crier_session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_bound_to_this_host_and_the_browser_told_to_stay(
    app: Flask, https_settings: Settings
) -> None:
    secure = create_app(https_settings)
    cookie = cookie_of(secure, "https://crier.example")
    assert cookie.startswith("__Host-crier=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    answer = outside(secure.test_client().get, "/sign-in", base_url="https://crier.example")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_a_foreign_host_name_is_refused(app: Flask) -> None:
    assert outside(app.test_client().get, "/sign-in", base_url="http://evil.example").status_code == 400


@pytest.mark.parametrize(
    ("target", "arrives"),
    [
        ("/groups?q=a", "/groups?q=a"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("javascript:alert(1)", "/"),
        ("groups", "/"),
        ("/\t/evil.example", "/"),
        ("/%09/evil.example", "/%09/evil.example"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(app: Flask, ana: Person, target: str, arrives: str) -> None:
    client = app.test_client()
    data = {"email": EMAIL, "password": PASSWORD, "csrf_token": form_token(client)}
    answer = outside(client.post, "/sign-in", query_string={"next": target}, data=data)
    assert answer.headers["Location"] == arrives


def test_a_page_that_needs_signing_in_is_where_one_arrives(app: Flask, ana: Person) -> None:
    client = app.test_client()
    away = outside(client.get, "/groups?q=a")
    assert away.status_code == 303
    answer = sign_in(client, path=away.headers["Location"])
    assert answer.headers["Location"] == "/groups?q=a"


def test_when_the_session_is_over_htmx_goes_to_the_sign_in_page(app: Flask) -> None:
    answer = outside(app.test_client().get, "/groups", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.text) == (401, "/sign-in", "")


def refused(person: Person, status: int, **request: Any) -> bool:
    answer = outside(person.client.post, "/groups/new", **request)
    return answer.status_code == status and groups.listed(person.tenant_id).items == []


def test_a_post_without_this_sessions_token_is_refused(app: Flask, ana: Person) -> None:
    other = join(app, ana.tenant_id, "owner")
    assert refused(ana, 400, data={"name": "Friends"})
    assert refused(ana, 400, data={"name": "Friends", "csrf_token": other.csrf_token()})
    assert refused(ana, 400, data={"name": "Friends"}, headers={"X-CSRFToken": other.csrf_token()})
    assert refused(ana, 400, data="name=Friends", content_type="text/plain")
    assert refused(ana, 400, json={"name": "Friends"})
    assert ana.post("/groups/new", {"name": "Friends"}).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_from_a_foreign_page_is_refused_even_with_the_token(
    ana: Person, headers: dict[str, str]
) -> None:
    assert refused(ana, 403, data={"name": "Friends"}, headers=headers | {"X-CSRFToken": ana.csrf_token()})


def test_a_post_from_our_own_page_is_taken(ana: Person) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "X-CSRFToken": ana.csrf_token()}
    assert (
        outside(ana.client.post, "/groups/new", data={"name": "Friends"}, headers=headers).status_code == 303
    )


def test_a_member_who_was_removed_is_out_at_once(app: Flask, ana: Person) -> None:
    member = join(app, ana.tenant_id, "manager")
    age(f"delete from memberships where user_id = '{member.user_id}'")
    assert member.get("/groups").status_code == 303


def test_limits_hold_for_the_real_address_behind_trusted_proxies(
    app: Flask, ana: Person, settings: Settings
) -> None:
    behind = create_app(replace(settings, trusted_proxies=1))
    for n in range(10):
        sign_in(
            behind.test_client(), f"nobody{n}@example.org", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.1"}
        )
    for spoofed in ("192.0.2.1", "192.0.2.50, 192.0.2.1"):
        reply = sign_in(behind.test_client(), headers={"X-Forwarded-For": spoofed})
        assert reply.status_code == 429
    assert sign_in(behind.test_client(), headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 303
