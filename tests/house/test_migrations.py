"""Numbered, one after the other, and each with its way back."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from webapp.db import as_owner, db, owner_engine

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def test_migrations_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    numbers = [int(re.match(r"(\d{4})_[a-z0-9_]+\.py$", name)[1]) for name in names]  # type: ignore[index]
    assert numbers == list(range(1, len(names) + 1))


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    with owner_engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_goes_back_and_forth(app: Flask) -> None:
    try:
        downgrade(revision="base")
        with as_owner() as connection:
            left = connection.exec_driver_sql(
                "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                "where n.nspname = 'public' and relname not like 'alembic%%'"
            ).all()
            functions = connection.exec_driver_sql(
                "select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'"
            ).all()
        assert left == []
        assert functions == []
    finally:
        upgrade()
