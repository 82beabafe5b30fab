"""Walks over every route: a stranger, a viewer and nobody get nothing of another tenant, and change nothing."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.manners import check_manners
from tests.people import Person, join, make_person, outside
from tests.world import World, checksum, make_world
from webapp import db as webapp_db
from webapp.app import create_app
from webapp.config import Settings
from webapp.db import act_for
from webapp.domain.roles import reaches
from webapp.models.base import OfTenant
from webapp.views.permissions import BY_KEY, NEEDS, PUBLIC

SAFE = {"GET", "HEAD", "OPTIONS"}

# Arguments that name no object of a tenant.
PLAIN = {
    "filename": "crier.css",
    "token": "x" * 43,
    "step": "audience",
    "reason": "opted_out",
    "status": "pending",
}

# The names under which forms take ids, so that a stranger can try every one of them.
FIELDS = {
    "ids": "contact_id",
    "contact_ids": "contact_id",
    "contact_id": "contact_id",
    "contacts": "contact_id",
    "contact": "contact_id",
    "template": "template_id",
    "group_id": "group_id",
    "group": "group_id",
    "to_group": "group_id",
    "group_ids": "group_id",
    "groups": "group_id",
    "recipient_ids": "group_id",
    "whatsapp_instance_id": "instance_id",
    "number": "instance_id",
    "message_template_id": "template_id",
    "template_id": "template_id",
    "campaign_id": "campaign_id",
    "user_id": "user_id",
}


# Whoever calls these with ids of their own has another session afterwards, or none.
NEW_SESSION = {"sign_in.sign_out", "settings.switch"}


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule with each of its methods, the harmless ones first."""
    pairs = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.websocket
        and rule.endpoint.partition(".")[0] not in BY_KEY  # those have a file of their own: test_live.py
    ]
    yield from sorted(
        pairs, key=lambda pair: (pair[1] != "GET", "delete" in pair[0].endpoint, pair[0].endpoint)
    )


# What the wizard does, it does to a draft.
ON_DRAFTS = {
    f"campaigns.{name}"
    for name in ("step", "save_step", "audience_count", "left_out", "left_out_typed", "start", "delete")
}


def path_of(rule: Rule, ids: dict[str, Any]) -> str:
    """The route's address with these ids in it. An argument that nobody knows fails: add it to tests/world.py."""
    values = {}
    if rule.endpoint in ON_DRAFTS:
        ids = ids | {"campaign_id": ids["draft_id"]}
    for name in rule.arguments:
        if name not in ids and name not in PLAIN:
            pytest.fail(f"{rule.endpoint} takes {name!r}, which tests/world.py does not know")
        values[name] = ids.get(name, PLAIN.get(name))
    adapter = rule.map.bind("localhost")  # type: ignore[union-attr]
    return adapter.build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))


def has_object(rule: Rule) -> bool:
    return bool(set(rule.arguments) - set(PLAIN))


def send(
    person: Person | None, app: Flask, method: str, path: str, data: dict[str, Any], token: str
) -> TestResponse:
    client = person.client if person else app.test_client()
    headers = {"X-CSRFToken": token} if method not in SAFE else {}
    return outside(
        client.open, path, method=method, data=data if method not in SAFE else None, headers=headers
    )


def swapped(world: World) -> dict[str, Any]:
    return {field: [str(world.ids[name])] for field, name in FIELDS.items()}


@pytest.fixture
def worlds(owner: Person, stranger: Person) -> tuple[World, World]:
    theirs = make_world(owner, "CANARYALPHA", 70_000_001)
    own = make_world(stranger, "CANARYBRAVO", 80_000_001)
    return theirs, own


def walk_as_stranger(app: Flask, stranger: Person, theirs: World, own: World) -> None:
    before = checksum(theirs.tenant_id)
    token = stranger.csrf_token()
    for rule, method in routes(app):
        if rule.endpoint in PUBLIC:
            continue
        if has_object(rule):
            answer = send(stranger, app, method, path_of(rule, theirs.ids), swapped(theirs), token)
            assert answer.status_code in (403, 404), (rule.endpoint, method, answer.status_code)
            assert theirs.canary not in answer.text, (rule.endpoint, method)
        if rule.endpoint in NEW_SESSION:
            continue
        answer = send(stranger, app, method, path_of(rule, own.ids), swapped(theirs), token)
        assert answer.status_code < 500, (rule.endpoint, method, answer.status_code)
        assert theirs.canary not in answer.text, (rule.endpoint, method)
    after = checksum(theirs.tenant_id)
    assert {name for name in before if before[name] != after[name]} == set()


def test_a_stranger_reaches_nothing(app: Flask, stranger: Person, worlds: tuple[World, World]) -> None:
    walk_as_stranger(app, stranger, *worlds)


def test_a_stranger_reaches_nothing_with_the_first_wall_open(
    app: Flask, stranger: Person, worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`of()` returns every tenant's rows: row-level security alone must hold."""

    def everybodys(cls: Any, _tenant_id: uuid.UUID, *, deleted: bool = False) -> Select[Any]:
        query = select(cls)
        if not hasattr(cls, "deleted_at"):
            return query
        return query.where(cls.deleted_at.is_not(None) if deleted else cls.deleted_at.is_(None))

    monkeypatch.setattr(OfTenant, "of", classmethod(everybodys))
    walk_as_stranger(app, stranger, *worlds)


def test_a_stranger_reaches_nothing_with_the_second_wall_open(
    app: Flask,
    settings: Settings,
    stranger: Person,
    worlds: tuple[World, World],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Connections keep the owner's role, which row-level security does not bind: the queries alone must hold."""
    monkeypatch.setattr(webapp_db, "APP_ROLE", None)
    open_app = create_app(settings)
    moved = Person(open_app.test_client(), stranger.tenant_id, stranger.user_id, stranger.email)
    with stranger.client.session_transaction() as session:
        kept = dict(session)
    with moved.client.session_transaction() as session:
        session.update(kept)
    walk_as_stranger(open_app, moved, *worlds)


def test_the_second_wall_really_was_open(app: Flask, settings: Settings, worlds: tuple[World, World]) -> None:
    """Else the test above would prove nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webapp_db, "APP_ROLE", None)
        open_app = create_app(settings)
    with open_app.app_context():
        act_for(worlds[1].tenant_id)
        seen = webapp_db.db.session.scalar(
            webapp_db.db.text("select count(distinct tenant_id) from contacts")
        )
    assert seen == 2


def test_nobody_gets_past_the_door(app: Flask, worlds: tuple[World, World]) -> None:
    theirs, _ = worlds
    before = checksum()
    for rule, method in routes(app):
        if rule.endpoint in PUBLIC:
            continue
        answer = send(None, app, method, path_of(rule, theirs.ids), {}, "")
        assert answer.status_code in (303, 401, 403, 404), (rule.endpoint, method, answer.status_code)
        assert theirs.canary not in answer.text
    assert checksum() == before


@pytest.mark.parametrize("role", ["viewer", "sender", "manager"])
def test_a_role_reaches_what_the_table_says_and_no_more(
    app: Flask, owner: Person, worlds: tuple[World, World], role: str
) -> None:
    theirs, _ = worlds
    person = join(app, owner.tenant_id, role)
    token = person.csrf_token()
    before = checksum()
    for rule, method in routes(app):
        if rule.endpoint in PUBLIC or reaches(role, NEEDS[rule.endpoint]):
            continue
        answer = send(person, app, method, path_of(rule, theirs.ids), {}, token)
        assert answer.status_code == 403, (rule.endpoint, method, answer.status_code)
    after = checksum()
    assert {name for name in before if before[name] != after[name]} == set()


def test_reading_changes_nothing(app: Flask, owner: Person, worlds: tuple[World, World]) -> None:
    theirs, _ = worlds
    addresses = [
        path_of(rule, theirs.ids)
        for rule, method in routes(app)
        if method == "GET" and rule.endpoint not in PUBLIC
    ]
    for address in addresses:
        outside(owner.client.get, address)
    before = checksum()
    for address in addresses:
        answer = outside(owner.client.get, address)
        assert answer.status_code < 500, address
    assert checksum() == before


def test_every_page_keeps_the_house_manners(app: Flask, owner: Person, worlds: tuple[World, World]) -> None:
    theirs, _ = worlds
    looked_at = set()
    for rule, method in routes(app):
        if method != "GET" or rule.endpoint == "static":
            continue
        answer = outside(owner.client.get, path_of(rule, theirs.ids))
        if answer.mimetype == "text/html" and answer.status_code == 200:
            check_manners(answer.text)
            looked_at.add(rule.endpoint)
    assert {f"{room}.{page}" for room in ("contacts", "groups", "message_templates", "whatsapp_instances", "webhooks")
            for page in ("index", "show", "new", "edit")} <= looked_at  # fmt: skip


def test_a_foreign_and_a_missing_object_look_the_same(
    app: Flask, stranger: Person, worlds: tuple[World, World]
) -> None:
    theirs, _ = worlds
    nowhere = {name: uuid.uuid4() for name in theirs.ids}
    for rule, method in routes(app):
        if method != "GET" or rule.endpoint in PUBLIC or not has_object(rule):
            continue
        foreign = outside(stranger.client.get, path_of(rule, theirs.ids))
        missing = outside(stranger.client.get, path_of(rule, nowhere))
        assert (foreign.status_code, foreign.text) == (missing.status_code, missing.text), rule.endpoint


def test_every_unsafe_route_needs_its_token(
    app: Flask, owner: Person, stranger: Person, worlds: tuple[World, World]
) -> None:
    theirs, _ = worlds
    foreign_token = stranger.csrf_token()
    before = checksum()
    for rule, method in routes(app):
        if method in SAFE or rule.endpoint in PUBLIC:
            continue
        path = path_of(rule, theirs.ids)
        tries = [
            outside(owner.client.open, path, method=method),
            outside(owner.client.open, path, method=method, headers={"X-CSRFToken": foreign_token}),
            outside(owner.client.open, path, method=method, data="csrf_token=x", content_type="text/plain"),
        ]
        assert {answer.status_code for answer in tries} == {400}, (rule.endpoint, method)
    assert checksum() == before


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_no_unsafe_route_takes_a_request_from_a_foreign_page(
    app: Flask, owner: Person, worlds: tuple[World, World], headers: dict[str, str]
) -> None:
    theirs, _ = worlds
    token = owner.csrf_token()
    before = checksum()
    for rule, method in routes(app):
        if method in SAFE or rule.endpoint in PUBLIC:
            continue
        sent = headers | {"X-CSRFToken": token}
        answer = outside(owner.client.open, path_of(rule, theirs.ids), method=method, headers=sent)
        assert answer.status_code == 403, (rule.endpoint, method)
    assert checksum() == before


def test_a_signed_out_browser_is_nobody(app: Flask) -> None:
    person = make_person(app)
    assert person.post("/sign-out").status_code == 303
    assert outside(person.client.get, "/").status_code == 303


@pytest.mark.parametrize("value", ["999", "a\x00b"])
def test_no_form_writes_what_is_not_its_own_to_write(
    app: Flask, stranger: Person, worlds: tuple[World, World], value: str
) -> None:
    """Tenant, role, status and counts are nobody's to send: every column of every table is tried on every route."""
    theirs, own = worlds
    before = checksum(theirs.tenant_id)
    columns = {column.key for table in webapp_db.db.metadata.sorted_tables for column in table.c}
    forged = dict.fromkeys(columns, value) | {
        "tenant_id": str(theirs.tenant_id),
        "status": "completed",
        "role": "owner",
        "deleted_at": "2026-01-01",
        "name": f"renamed {value}",
        "email": "renamed@example.org",
    }
    sender = join(app, stranger.tenant_id, "sender")
    token = sender.csrf_token()
    for rule, method in routes(app):
        if method in SAFE or rule.endpoint in PUBLIC or rule.endpoint in NEW_SESSION:
            continue
        answer = send(sender, app, method, path_of(rule, own.ids), forged, token)
        assert answer.status_code < 500, (rule.endpoint, answer.status_code)
    assert checksum(theirs.tenant_id) == before
    with webapp_db.as_owner() as connection:
        text = webapp_db.db.text
        counted = [
            column
            for column in columns
            if column.endswith("_count") or column in ("total_recipients", "first_number")
        ]
        for table in webapp_db.db.metadata.sorted_tables:
            for column in set(counted) & set(table.c.keys()):
                assert (
                    connection.scalar(text(f"select count(*) from {table.name} where {column} = 999")) == 0
                ), column
        assert connection.scalar(text("select count(*) from campaigns where status = 'completed'")) == 0
        role = connection.scalar(
            text("select role from memberships where user_id = :u"), {"u": sender.user_id}
        )
        assert role == "sender"


@pytest.mark.parametrize(
    "typed", ["\x00", "%", "\\", "'", "\ud7ff\U0010ffff", "-1", "x" * 5000, "\u202e", "9" * 40]
)
def test_no_page_falls_over_what_stands_in_its_address(
    app: Flask, owner: Person, worlds: tuple[World, World], typed: str
) -> None:
    theirs, _ = worlds
    names = ("q", "newer", "older", "status", "direction", "campaign", "contact", "group", "group_id", "number", "segment",
             "after", "before", "reason", "next", "trash", "show", "event", "outcome", "since", "tested")  # fmt: skip
    for rule, method in routes(app):
        if method == "GET":
            asked = dict.fromkeys(names, typed)
            answer = outside(owner.client.get, path_of(rule, theirs.ids), query_string=asked)
            assert answer.status_code < 500, (rule.endpoint, answer.status_code)
