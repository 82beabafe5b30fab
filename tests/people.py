"""Somebody at a browser: a test client that is signed in, sends CSRF tokens, and checks every page's manners."""

import re
import uuid
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.manners import check_manners
from webapp.db import act_for, db
from webapp.models.users import User
from webapp.services import accounts


@dataclass(frozen=True)
class Person:
    """A person with their browser."""

    client: FlaskClient
    tenant_id: uuid.UUID
    user_id: uuid.UUID
    email: str

    def get(self, path: str, *, htmx: bool = False, **kwargs: Any) -> TestResponse:
        """Open a page; an HTML answer must keep the house's manners."""
        answer = outside(self.client.get, path, headers={"HX-Request": "true"} if htmx else {}, **kwargs)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            check_manners(answer.text)
        return answer

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False, **kwargs: Any
    ) -> TestResponse:
        """Send a form as a page of ours would, with its CSRF token; one that is refused keeps the house's manners, too."""
        headers = {"X-CSRFToken": self.csrf_token()} | ({"HX-Request": "true"} if htmx else {})
        headers |= kwargs.pop("headers", {})
        answer = outside(self.client.post, path, data=data or {}, headers=headers, **kwargs)
        if answer.mimetype == "text/html" and answer.status_code == 422:
            check_manners(answer.text)
        return answer

    def csrf_token(self) -> str:
        page = outside(self.client.get, "/settings").text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, "the page has no CSRF token"
        return found[1]


def outside(send: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Send a request as from another process: without the test's own application context, which it would share."""
    return Context().run(_read_whole, send, *args, **kwargs)


def _read_whole(send: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A streamed answer closes its own context when it is read: here, not later somewhere else."""
    answer = send(*args, **kwargs)
    if isinstance(answer, TestResponse):
        answer.get_data()
        answer.close()
    return answer


def make_person(app: Flask, *, tenant: str = "Acme", role: str = "owner", email: str | None = None) -> Person:
    """A new tenant with this person in it, signed in; other roles join a tenant that has an owner already."""
    email = email or f"{role}-{uuid.uuid4().hex[:8]}@example.org"
    if role == "owner":
        made, token = accounts.create_tenant(tenant, email)
        return _signed_in(app, made.id, email, token)
    made, _ = accounts.create_tenant(tenant, f"boss-{email}")
    return join(app, made.id, role, email)


def join(app: Flask, tenant_id: uuid.UUID, role: str, email: str | None = None) -> Person:
    """Another person in a tenant that exists, signed in."""
    email = email or f"{role}-{uuid.uuid4().hex[:8]}@example.org"
    return _signed_in(app, tenant_id, email, accounts.add_user(tenant_id, email, role))


def _signed_in(app: Flask, tenant_id: uuid.UUID, email: str, token: str) -> Person:
    client = app.test_client()
    page = outside(client.get, f"/link/{token}").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    answer = outside(client.post, f"/link/{token}", data={"csrf_token": found[1]})
    assert answer.status_code == 303
    user_id = db.session.scalar(db.select(User.id).where(User.email == email))
    assert user_id is not None
    act_for(tenant_id)
    return Person(client, tenant_id, user_id, email)
