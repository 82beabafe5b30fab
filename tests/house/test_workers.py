"""A worker loads what its kind needs and no more: every process pays for its own copy."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What a worker of this kind imports, and then: the modules of the process, and the tables nobody knows.
_LOADED = """
import sys
from importlib import import_module
import worker
import_module(sys.argv[1])
from webapp.db import db
print(*sys.modules)
for table in db.metadata.tables.values():
    for key in table.foreign_keys:
        assert key.column is not None
"""
# The pages and doors, and what only they need.
_DOORS = {"webapp.app", "webapp.views", "webapp.api", "webapp.forms", "webapp.callbacks", "webapp.cli"}
_OF_DOORS = {"alembic", "babel", "flask_babel", "wtforms", "pydantic", "flask_openapi3", "gevent", "zxcvbn"}
_ROOMS = {
    "send": "webapp.jobs.send",
    "work": "webapp.jobs.work",
    "webhooks": "webapp.jobs.webhooks",
    "clock": "webapp.clock",
}


@pytest.mark.parametrize("kind", _ROOMS)
def test_a_worker_loads_nothing_of_the_pages_nor_of_the_other_kinds(kind: str) -> None:
    loaded = _loaded(_ROOMS[kind])
    others = {room for other, room in _ROOMS.items() if other != kind}
    assert not loaded & (_DOORS | _OF_DOORS | others)


def test_a_sender_knows_neither_imports_nor_webhooks_nor_passwords() -> None:
    assert not _loaded("webapp.jobs.send") & {"webapp.services.imports", "webapp.delivering", "argon2"}


def _loaded(room: str) -> set[str]:
    """The modules of a process that imported this; its tables refer to no table that it does not know."""
    told = subprocess.run(
        [sys.executable, "-c", _LOADED, room], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(told.stdout.split())
