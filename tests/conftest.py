"""Real servers for every test: each test worker has a PostgreSQL and a Valkey of its own, emptied between tests."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from xdist.scheduler import LoadScopeScheduling

from embedded import servers
from tests.people import Person, make_person
from webapp import broker, db
from webapp.app import create_app
from webapp.config import Settings

SECRET_KEY = "t7Jw2nRkXv9QbLz4HsPcYm6GdFa3EuTo8ViKx1Zq"
ENCRYPTION_KEY = hashlib.sha256(b"the key of the tests").digest()

# A program that runs for a whole folder, or many processes: one test worker runs all of these.
WHOLE_FOLDERS = ("tests/browser", "tests/embedded")


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]
    """The tests of a file go to one worker, so that they share what the file started; those of some folders, too."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in WHOLE_FOLDERS if file.startswith(f"{folder}/")), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPlace:
    return ByPlace(config, log)


@pytest.fixture(scope="session")
def own_servers() -> Iterator[servers.Servers]:
    folder = Path(tempfile.mkdtemp(prefix="crier-tests-"))
    with servers.start(folder, fsync=False) as started:
        yield started
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(own_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        database_url=own_servers.database_url,
        redis_url=own_servers.redis_url,
        secret_key=SECRET_KEY,
        encryption_keys={"k1": ENCRYPTION_KEY},
        base_url="http://localhost",
        egress_allow="127.0.0.1/32:1024-65535",
        data_dir=tmp_path_factory.mktemp("data"),
    )


@pytest.fixture(scope="session")
def migrated_app(settings: Settings) -> Flask:
    app = create_app(settings, statement_timeout_ms=60_000)
    with app.app_context():
        upgrade()
    return app


@pytest.fixture(scope="session")
def superuser(own_servers: servers.Servers, migrated_app: Flask) -> Iterator[psycopg.Connection]:
    """Who may empty tables without their triggers."""
    with psycopg.connect(own_servers.superuser_url, dbname="crier", autocommit=True) as connection:
        yield connection


@pytest.fixture
def app(migrated_app: Flask, superuser: psycopg.Connection) -> Iterator[Flask]:
    """The application on empty servers, inside a context that acts for nobody yet."""
    with migrated_app.app_context():
        empty_servers(superuser)
        yield migrated_app
        db.db.session.remove()


@pytest.fixture
def owner(app: Flask) -> Person:
    """A signed-in owner of a fresh tenant; the context acts for that tenant."""
    return make_person(app)


@pytest.fixture
def stranger(app: Flask, owner: Person) -> Person:
    """A signed-in owner of another tenant; the context keeps acting for the first one."""
    person = make_person(app, tenant="Others")
    db.act_for(owner.tenant_id)
    return person


@pytest.fixture
def https_settings(settings: Settings) -> Settings:
    return replace(settings, base_url="https://crier.example")


# Few rows go one by one, without triggers: a truncate makes the files of a table and its indexes anew. Many rows
# would leave their dead behind, and with them plans that fit a full table.
EMPTY = """
do $$ declare t text; rows integer; begin
  set local session_replication_role = replica;
  set local lock_timeout = '5s';
  for t in select quote_ident(tablename) from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
    execute 'select count(*) from (select from ' || t || ' limit 201) as few' into rows;
    if rows > 200 then execute 'truncate ' || t || ' cascade';
    elsif rows > 0 then execute 'delete from ' || t;
    end if;
  end loop;
end $$
"""


def empty_servers(superuser: psycopg.Connection) -> None:
    """Nothing of anybody is left in the database or in Redis."""
    broker.redis().flushdb()
    superuser.execute(EMPTY)
