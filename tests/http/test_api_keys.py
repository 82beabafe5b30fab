"""Keys in the settings: made behind the password, shown once, taken away at once."""

import re
from typing import Any

from flask import Flask

from tests.http.test_settings import audited
from tests.http.test_step_up import ASKED, PASSWORD, proved, set_password
from tests.people import Person, join
from webapp.domain.scopes import SCOPES
from webapp.services import api_keys

TYPED = {"name": "Shop", "scopes": ["contacts:read", "campaigns:send"], "days": "30"}


def token_in(page: str) -> str:
    found = re.search(r'value="(crier_[\w-]+)"', page)
    assert found
    return found[1]


def make(owner: Person, typed: dict[str, Any] = TYPED) -> str:
    """Make a key and copy it from the page that comes next."""
    return token_in(owner.get(owner.post("/settings/keys/new", typed).headers["Location"]).text)


def test_a_key_is_made_and_shown_once(owner: Person) -> None:
    assert "No keys yet" in owner.get("/settings/keys").text
    answer = owner.post("/settings/keys/new", TYPED)
    assert answer.status_code == 303
    page = owner.get(answer.headers["Location"])
    token = token_in(page.text)
    again = owner.get(answer.headers["Location"]).text
    assert token not in again
    assert "take it away and make another" in again
    assert len(api_keys.listed(owner.tenant_id)) == 1, "a reload makes no second one"
    holder = api_keys.verify(token)
    assert holder is not None
    assert holder.scopes == {"contacts:read", "campaigns:send"}
    listed = owner.get("/settings/keys").text
    assert token not in listed
    assert token[:12] in listed
    assert "campaigns:send</code>" in listed
    assert [(entry.user_id, entry.api_key_id) for entry in audited(owner, "api_key_created")] == [
        (owner.user_id, None)
    ]


def test_every_scope_is_offered_with_its_name(owner: Person) -> None:
    page = owner.get("/settings/keys/new").text
    assert [scope for scope in SCOPES if f"{scope}</code>" not in page] == []


def test_a_key_is_taken_away_at_once(owner: Person) -> None:
    token = make(owner, TYPED | {"days": ""})
    (key,) = api_keys.listed(owner.tenant_id)
    assert key.expires_at is None
    assert owner.post(f"/settings/keys/{key.id}/revoke").status_code == 303
    assert api_keys.verify(token) is None
    assert "is taken away" in owner.get("/settings/keys").text
    assert len(audited(owner, "api_key_revoked")) == 1


def test_a_key_needs_a_name_and_something_to_do(owner: Person) -> None:
    page = owner.post("/settings/keys/new", {"name": "", "days": "30"})
    assert page.status_code == 422
    assert "Say what it is for." in page.text
    assert "Choose at least one thing" in page.text
    assert owner.post("/settings/keys/new", TYPED | {"scopes": ["everything"]}).status_code == 422
    assert api_keys.listed(owner.tenant_id) == []


def test_the_password_comes_first(owner: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    proved(owner, 3600, again=True)
    for path, typed in (("/settings/keys/new", TYPED), (f"/settings/keys/{key.id}/revoke", {})):
        assert ASKED in owner.post(path, typed).text
    assert ASKED in owner.get("/settings/keys/new").text
    assert [one.id for one in api_keys.listed(owner.tenant_id)] == [key.id]
    assert api_keys.verify(token)


def test_to_have_signed_in_lately_is_not_enough_for_what_shows_a_key(owner: Person) -> None:
    set_password(owner)
    proved(owner, 60, again=False)
    assert ASKED in owner.post("/settings/keys/new", TYPED).text
    assert api_keys.listed(owner.tenant_id) == []
    made = owner.post("/settings/keys/new", TYPED | {"present_password": PASSWORD})
    assert api_keys.verify(token_in(owner.get(made.headers["Location"]).text))


def test_a_sender_sees_no_keys(app: Flask, owner: Person) -> None:
    sender = join(app, owner.tenant_id, "sender")
    assert sender.get("/settings/keys").status_code == 403
    assert "API keys" not in sender.get("/settings").text


def test_a_strangers_key_is_not_there(owner: Person, stranger: Person) -> None:
    owner.post("/settings/keys/new", TYPED)
    (key,) = api_keys.listed(owner.tenant_id)
    assert stranger.post(f"/settings/keys/{key.id}/revoke").status_code == 404
    assert stranger.get(f"/settings/keys/{key.id}/made").status_code == 404
    assert len(api_keys.listed(owner.tenant_id)) == 1


def test_the_document_is_a_page_for_everybody(app: Flask, owner: Person) -> None:
    page = owner.get("/api/v1/docs")
    assert page.status_code == 200
    assert "/api/v1/contacts/imports" in page.text
    assert app.test_client().get("/api/v1/openapi.json").json["openapi"] == "3.1.0"
