"""The ground that worlds stand on: the two servers in a folder of their own, and an empty migrated database to copy."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask_migrate import upgrade

from chaos.application import application
from embedded import servers
from embedded.paths import PROJECT
from embedded.servers import Servers
from webapp.db import db, owner_engine

TEMPLATE = "crier"


@dataclass(frozen=True)
class Ground:
    """`data` is the servers' folder, durable as in a house that people use."""

    folder: Path
    data: Path
    servers: Servers

    def fresh_database(self, name: str) -> str:
        """The address of a new database that nobody has written to."""
        with psycopg.connect(self.servers.database_url, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"create database {name} template {TEMPLATE}")
        return self.servers.database_url.rpartition("/")[0] + f"/{name}"


@contextmanager
def ground(folder: Path, disk_megabytes: int | None = None) -> Iterator[Ground]:
    """Servers that run until the block ends; on a small disk of their own where that is asked for."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if disk_megabytes:
            stack.enter_context(_small_disk(data, disk_megabytes))
        started = stack.enter_context(servers.start(data, fsync=True))
        app = application(started.database_url, started.redis_url, data)
        with app.app_context():
            upgrade(str(PROJECT / "migrations"))
            for engine in (db.engine, owner_engine()):
                engine.dispose()  # a database that somebody looks at can not be copied
        yield Ground(folder, data, started)


@contextmanager
def _small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    options = ("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    subprocess.run(("mount", *options), check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(folder)), check=True)


def may_mount(folder: Path) -> bool:
    """Whether this machine lets us have a small disk."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _small_disk(folder, 1):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False
