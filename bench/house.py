"""The house of a run: fresh PostgreSQL and Valkey that write to the disk as in earnest, and the application on them."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade

from bench import children
from bench.waiting import answers, wait_until
from embedded import servers
from embedded.ports import free_port
from webapp import broker
from webapp.app import create_app
from webapp.config import Settings
from webapp.db import db

_EMPTY = """
do $$ declare t text; begin
  set local lock_timeout = '10s';
  for t in select quote_ident(tablename) from pg_tables
    where schemaname = 'public' and tablename <> 'alembic_version' loop
    execute 'truncate ' || t || ' cascade';
  end loop;
end $$
"""


@dataclass(frozen=True)
class House:
    """`environment` is what its other processes need to know."""

    app: Flask
    superuser: psycopg.Connection
    folder: Path
    url: str
    environment: dict[str, str] = field(repr=False)

    def empty(self) -> None:
        """Nothing of an earlier run is left, nor to be written to the disk. What is prepared from here on is as fresh
        in PostgreSQL's memory as what was just planned is in life."""
        db.session.remove()  # what it looked at last would hold the tables
        broker.redis().flushdb()
        self.superuser.execute(_EMPTY)
        self.settle_down()

    @contextmanager
    def program(self, name: str, *command: str, **env: str) -> Iterator[children.Child]:
        """A process of the application, until the block is left; what it says goes to a file."""
        with (self.folder / f"{name}.log").open("ab") as log:
            pipes = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            with children.running(*command, env=self.environment | env, **pipes) as child:
                yield child

    @contextmanager
    def web(self, **env: str) -> Iterator[None]:
        """The real web process, answering."""
        with self.program("web", "-m", "gunicorn", "wsgi:app", "-c", "gunicorn.conf.py", **env):
            wait_until(lambda: answers(f"{self.url}/healthz"), 60)
            yield

    def worker(self, kind: str, **env: str) -> AbstractContextManager[children.Child]:
        """A real worker: send, work, webhooks or clock."""
        return self.program(kind, "worker.py", kind, **env)

    @contextmanager
    def configured(self, **settings: str) -> Iterator[None]:
        """PostgreSQL with these settings, until the block is left."""
        for name, value in settings.items():
            self.superuser.execute(f"alter system set {name} = '{value}'")
        self._reload()
        try:
            yield
        finally:
            self.superuser.execute("alter system reset all")
            self._reload()

    def _reload(self) -> None:
        self.superuser.execute("select pg_reload_conf()")
        time.sleep(0.5)  # every process of the server hears of it by itself

    def settle_down(self) -> None:
        """What was prepared is on the disk, so that writing it is not measured."""
        self.superuser.execute("checkpoint")


@contextmanager
def house() -> Iterator[House]:
    """Everything from nothing, in a folder of its own, gone when the block is left."""
    folder = Path(tempfile.mkdtemp(prefix="crier-bench-"))
    try:
        with servers.start(folder) as started:
            environment = _environment(folder)
            app = create_app(Settings.from_env(environment), statement_timeout_ms=600_000)
            with app.app_context():
                upgrade()
                with psycopg.connect(started.superuser_url, dbname="crier", autocommit=True) as superuser:
                    yield House(app, superuser, folder, environment["BASE_URL"], environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path) -> dict[str, str]:
    """Only this folder's servers: a real DATABASE_URL of whoever runs this must never be seen."""
    port = free_port()
    own = {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "EGRESS_ALLOW": "127.0.0.1/32:1024-65535",
        "LOG_LEVEL": "WARNING",
    }
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "HOST", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)
    os.environ.update(own)
    return dict(os.environ)
