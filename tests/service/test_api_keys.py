"""Keys: shown once, stored as their hash, scoped, running out, revoked at once."""

import json
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, update

from tests.http.test_cli import run
from tests.people import Person
from webapp import broker
from webapp.db import act_for, db
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.scopes import SCOPES
from webapp.models.audit_log import AuditEntry
from webapp.models.sessions import ApiKey
from webapp.models.tenants import Tenant
from webapp.services import api_keys, rate_limits, tokens


def change(key: ApiKey, **values: object) -> None:
    db.session.execute(update(ApiKey).where(ApiKey.id == key.id).values(**values))
    db.session.commit()


def test_a_key_is_known_again_and_acts_for_its_tenant(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    key, token = api_keys.create(owner.tenant_id, name="Shop", scopes_asked=["contacts:read"])
    act_for(stranger.tenant_id)
    holder = api_keys.verify(token)
    assert holder is not None
    assert (holder.tenant_id, holder.key_id, holder.scopes) == (
        owner.tenant_id,
        key.id,
        frozenset({"contacts:read"}),
    )
    assert holder.may("contacts:read")
    assert not holder.may("contacts:write")
    assert db.session.info["tenant_id"] == owner.tenant_id


def test_only_the_hash_and_the_beginning_are_stored(owner: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    row = db.session.execute(db.text("select row_to_json(k)::text from api_keys k")).scalar_one()
    assert token not in row
    assert token[api_keys.SHOWN :] not in row
    assert (key.prefix, key.key_hash) == (token[:12], tokens.stored(token))


@pytest.mark.parametrize("wrong", ["", "crier_", "crier_x", "Bearer", "x" * 50, "crier_" + "x" * 10_000])
def test_what_is_no_key_is_nobodys(owner: Person, wrong: str) -> None:
    api_keys.create(owner.tenant_id, name="Shop")
    assert api_keys.verify(wrong) is None


def test_a_key_with_another_end_is_nobodys(owner: Person) -> None:
    _, token = api_keys.create(owner.tenant_id, name="Shop")
    assert api_keys.verify(token[:-1] + ("a" if token[-1] != "a" else "b")) is None


def test_a_revoked_key_is_refused_at_once_and_stays_so(owner: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    assert api_keys.stands(key.id)
    api_keys.revoke(owner.tenant_id, key.id, by=owner.user_id)
    assert api_keys.verify(token) is None
    assert not api_keys.stands(key.id)
    assert api_keys.listed(owner.tenant_id) == []
    with pytest.raises(NotFound):
        api_keys.revoke(owner.tenant_id, key.id)


def test_a_key_runs_out(owner: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop", days=1)
    assert api_keys.verify(token)
    change(key, expires_at=func.now() - timedelta(seconds=1))
    assert api_keys.verify(token) is None
    assert not api_keys.stands(key.id)


def test_the_keys_of_a_deleted_tenant_are_nobodys(owner: Person) -> None:
    _, token = api_keys.create(owner.tenant_id, name="Shop")
    db.session.get_one(Tenant, owner.tenant_id).deleted_at = func.now()
    db.session.commit()
    assert api_keys.verify(token) is None


def test_nobody_revokes_a_strangers_key(owner: Person, stranger: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    with pytest.raises(NotFound):
        api_keys.revoke(stranger.tenant_id, key.id)
    assert api_keys.verify(token)


def test_the_last_use_is_written_at_most_once_a_minute(owner: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop")
    assert key.last_used_at is None
    api_keys.verify(token)
    db.session.refresh(key)
    first = key.last_used_at
    assert first is not None
    api_keys.verify(token)
    db.session.refresh(key)
    assert key.last_used_at == first
    change(key, last_used_at=first - timedelta(minutes=2))
    api_keys.verify(token)
    db.session.refresh(key)
    assert key.last_used_at >= first


@pytest.mark.parametrize("asked", [["contacts:all"], [], [""]])
def test_a_key_has_scopes_that_exist(owner: Person, asked: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        api_keys.create(owner.tenant_id, name="Shop", scopes_asked=asked)
    assert refused.value.field == "scopes"


@pytest.mark.parametrize(("field", "wrong"), [("name", ""), ("days", 0), ("days", 99_999)])
def test_nonsense_is_said_beside_its_field(owner: Person, field: str, wrong: object) -> None:
    with pytest.raises(Invalid) as refused:
        api_keys.create(owner.tenant_id, **{"name": "Shop", field: wrong})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_making_and_revoking_are_audited_once_each(owner: Person) -> None:
    key, token = api_keys.create(owner.tenant_id, name="Shop", by=owner.user_id)
    api_keys.revoke(owner.tenant_id, key.id, by=owner.user_id)
    entries = db.session.scalars(AuditEntry.of(owner.tenant_id).where(AuditEntry.object_id == key.id)).all()
    assert sorted((entry.action, entry.user_id) for entry in entries) == [
        ("api_key_created", owner.user_id),
        ("api_key_revoked", owner.user_id),
    ]
    assert token not in str([entry.details for entry in entries])


def test_the_command_makes_a_key_with_every_scope(app: Flask, owner: Person) -> None:
    said = run(app, "api-keys", "create", "--tenant", str(owner.tenant_id), "--name", "Shop", "--json")
    assert (said.exit_code, said.stderr) == (0, "")
    holder = api_keys.verify(json.loads(said.stdout)["key"])
    assert holder is not None
    assert holder.scopes == set(SCOPES)


def test_the_command_makes_a_key_with_some_scopes(app: Flask, owner: Person) -> None:
    asked = ("--scopes", "contacts:read, campaigns:send", "--days", "30")
    said = run(app, "api-keys", "create", "--tenant", str(owner.tenant_id), "--name", "Shop", *asked)
    holder = api_keys.verify(said.stdout.split()[-1])
    assert holder is not None
    assert holder.scopes == {"contacts:read", "campaigns:send"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--tenant", str(uuid.uuid4()), "--name", "Shop"], "There is no such tenant."),
        (["--name", "Shop", "--scopes", "everything"], "There is no scope “everything”."),
    ],
)
def test_the_command_refuses_in_a_sentence(
    app: Flask, owner: Person, words: list[str], sentence: str
) -> None:
    tenant = [] if "--tenant" in words else ["--tenant", str(owner.tenant_id)]
    said = run(app, "api-keys", "create", *tenant, *words)
    assert said.exit_code == 1
    assert sentence in said.stderr


def test_requests_of_a_key_are_counted_together_and_by_kind(app: Flask) -> None:
    key = uuid.uuid4()
    first = rate_limits.count(key)
    assert (first.limit, first.left) == (600, 599)
    assert 1 <= first.reset_seconds <= 60
    assert rate_limits.count(key, cost=599).left <= 0
    assert rate_limits.count(key, heavy=True).left == 59
    assert rate_limits.count(uuid.uuid4()).left == 599


def test_over_the_limit_is_over(app: Flask) -> None:
    key = uuid.uuid4()
    assert not rate_limits.count(key, cost=300).is_over
    assert rate_limits.count(key, cost=301).is_over or rate_limits.count(key, cost=601).is_over


def test_without_redis_each_process_counts_for_itself(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits._Redis, "away_until", 0.0)
    nowhere = broker.Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    monkeypatch.setitem(app.extensions, "crier_redis", nowhere)
    key = uuid.uuid4()
    assert [rate_limits.count(key, cost=400).is_over for _ in range(2)] in ([False, True], [False, False])
    assert rate_limits.count(key, cost=601).is_over
