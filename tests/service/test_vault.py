"""Secrets at rest: whoever has the database alone has none of them."""

import base64
import json
import uuid
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from tests.numbers import ACCESS, make_number
from tests.people import Person
from webapp import vault
from webapp.db import as_owner, db
from webapp.services import whatsapp_instances

TENANT, ROW = uuid.UUID(int=1), uuid.UUID(int=2)
PLACE = (TENANT, "whatsapp_instances", ROW, "access_token")


def with_keys(app: Flask, monkeypatch: pytest.MonkeyPatch, **keys: bytes) -> None:
    monkeypatch.setitem(app.config, "CRIER", replace(app.config["CRIER"], encryption_keys=keys))


def test_a_secret_comes_back_and_never_looks_the_same(app: Flask) -> None:
    first, second = (vault.seal("töken 🔑", *PLACE) for _ in range(2))
    assert first != second
    assert vault.unseal(first, *PLACE) == vault.unseal(second, *PLACE) == "töken 🔑"
    assert first.startswith("k1:")


def test_a_sealed_secret_opens_nowhere_else(app: Flask) -> None:
    sealed = vault.seal("secret", *PLACE)
    other = uuid.UUID(int=3)
    for place in (
        (other, *PLACE[1:]),
        (TENANT, "webhooks", ROW, "access_token"),
        (TENANT, "whatsapp_instances", other, "access_token"),
        (TENANT, "whatsapp_instances", ROW, "app_secret"),
    ):
        with pytest.raises(vault.Unreadable):
            vault.unseal(sealed, *place)


def test_a_sealed_secret_that_was_changed_or_cut_does_not_open(app: Flask) -> None:
    key_id, data = vault.seal("secret", *PLACE).split(":")
    raw = base64.b64decode(data)
    for wrong in (raw[:-1], raw[:12], b"", raw[:-1] + bytes([raw[-1] ^ 1]), bytes([raw[0] ^ 1]) + raw[1:]):
        with pytest.raises(vault.Unreadable):
            vault.unseal(f"{key_id}:{base64.b64encode(wrong).decode()}", *PLACE)
    for nonsense in ("", "k1", "k1:?", data, f"k9:{data}"):
        with pytest.raises(vault.Unreadable):
            vault.unseal(nonsense, *PLACE)


def test_an_old_key_still_opens_and_the_new_one_seals(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = app.config["CRIER"].encryption_keys["k1"], bytes(range(200, 232))
    sealed = vault.seal("secret", *PLACE)
    with_keys(app, monkeypatch, k2=new, k1=old)
    assert vault.unseal(sealed, *PLACE) == "secret"
    assert vault.seal("secret", *PLACE).startswith("k2:")
    with_keys(app, monkeypatch, k2=new)
    with pytest.raises(vault.Unreadable):
        vault.unseal(sealed, *PLACE)


def test_credentials_that_were_moved_to_another_number_do_not_open(owner: Person) -> None:
    first = make_number(owner.tenant_id)
    second = make_number(owner.tenant_id, phone_number_id="2", access_token="another-token")
    db.session.execute(
        text("update whatsapp_instances set credentials = :stolen where id = :id"),
        {"stolen": json.dumps(first.credentials), "id": second.id},
    )
    db.session.refresh(second)
    with pytest.raises(vault.Unreadable):
        whatsapp_instances.secrets_of(second)


def dump() -> str:
    """Every row of every table, as a backup has it."""
    with as_owner() as connection:
        tables = connection.scalars(
            text("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
        )
        rows = [
            row
            for table in tables.all()
            for row in connection.scalars(text(f"select t::text from {table} t"))
        ]
    return "\n".join(rows)


def test_a_dump_of_the_database_has_no_secret_in_it(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    whatsapp_instances.update(owner.tenant_id, number.id, access_token="canary-token-two")
    everything = dump()
    assert str(number.id) in everything
    assert "canary" not in everything
    hidden = [base64.b64encode(secret.encode()).decode().rstrip("=") for secret in ACCESS.values()]
    assert not any(secret in everything for secret in hidden)
