"""Whether the database, Redis and the newest migration are there."""

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from webapp import broker
from webapp.db import as_owner


def missing() -> list[str]:
    """What is not ready, by name; empty when all is."""
    checks = {"database": _database, "redis": lambda: broker.redis().ping(), "migrations": _migrated}
    return [name for name, check in checks.items() if not _holds(check)]


def _holds(check: Callable[[], object]) -> bool:
    try:
        return bool(check())
    except (SQLAlchemyError, OSError, broker.Unreachable):
        return False


def _database() -> bool:
    with as_owner() as connection:
        return connection.exec_driver_sql("select 1").scalar() == 1


def _migrated() -> bool:
    head = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    with as_owner() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
