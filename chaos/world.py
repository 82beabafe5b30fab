"""A world: every process of the program on its own database and ports, and one thread that looks after all of it."""

import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import psycopg
from flask import Flask
from psycopg.rows import dict_row
from redis import Redis
from sqlalchemy.exc import DBAPIError

from chaos.application import application
from chaos.environment import environment
from chaos.finding import Finding
from chaos.ground import Ground
from chaos.keeper import Keeper
from chaos.ledger import Ledger
from chaos.provider import Provider
from chaos.shape import Shape
from embedded.ports import free_port
from webapp.db import act_for, db
from webapp.services import accounts

T = TypeVar("T")
Connection = psycopg.Connection[dict[str, Any]]

PATIENCE_SECONDS = 90.0


@dataclass
class World:
    """What a fault acts on. Whoever waits, waits here: meanwhile the dead are started again and samples are taken."""

    ground: Ground
    database_url: str
    logs: Path
    app: Flask
    keeper: Keeper
    provider: Provider
    dice: Random
    env: dict[str, str]
    webs: list[str] = field(default_factory=list)
    tenants: list[uuid.UUID] = field(default_factory=list)
    # Replaced by whoever watches: what is wrong at this moment.
    sample: Callable[[], list[Finding]] = list
    findings: list[Finding] = field(default_factory=list)
    sample_seconds: float = 5.0
    _sampled_at: float = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.provider.ledger_path)
        # How long the servers' logs were when this world began.
        self.servers_said = {path.name: path.stat().st_size for path in self.ground.data.glob("*.log")}

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.look()
            time.sleep(max(0.0, min(0.1, left)))

    def until(self, holds: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether it came to hold in time. While the database or the provider is away nothing holds."""
        give_up = time.monotonic() + seconds
        while not self.quietly(holds):
            if time.monotonic() > give_up:
                return False
            self.wait(0.1)
        return True

    def look(self) -> None:
        self.keeper.look()
        if time.monotonic() - self._sampled_at > self.sample_seconds:
            self.quietly(lambda: self.findings.extend(self.sample()))
            self._sampled_at = time.monotonic()

    def act(self, tenant_id: uuid.UUID, verb: Callable[[], T]) -> T:
        """A verb of the product on behalf of a tenant, tried until the database is there."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                db.session.rollback()
                act_for(tenant_id)
                return verb()
            except DBAPIError as error:
                _forget_connection()
                if not isinstance(error.orig, psycopg.OperationalError) or time.monotonic() > give_up:
                    raise
                self.wait(0.2)
            finally:
                db.session.rollback()  # a verb that refused holds its locks until then, as a page does until its end

    def database(self) -> Connection:
        """As the tables' owner, who sees every tenant."""
        return psycopg.connect(self.database_url, autocommit=True, row_factory=dict_row, connect_timeout=5)

    def is_database_there(self) -> bool:
        with self.database():
            return True

    def redis(self) -> Redis:
        return Redis.from_url(self.ground.servers.redis_url)

    def quietly(self, holds: Callable[[], T]) -> T | None:
        """What it says, or None while something that it needs is away."""
        try:
            return holds()
        except (psycopg.OperationalError, DBAPIError, OSError):
            return None


@contextmanager
def world(ground: Ground, name: str, seed: int, shape: Shape) -> Iterator[World]:
    """A world that has started, with two tenants in it. All its processes end with the block."""
    folder = ground.folder / name
    logs = folder / "logs"
    logs.mkdir(parents=True)
    database_url = ground.fresh_database(name)
    redis_url = ground.servers.redis_url
    Redis.from_url(redis_url).flushall()
    app = application(database_url, redis_url, ground.data)
    house = folder / "house"
    house.mkdir()
    env = environment(database_url, redis_url, ground.data, house)
    keeper = Keeper(logs)
    provider = Provider(keeper, folder, free_port(), env)
    made = World(ground, database_url, logs, app, keeper, provider, Random(seed), env)
    with app.app_context():
        try:
            made.webs = shape.start(keeper, env)
            made.tenants = [_tenant(who) for who in ("First", "Second")]
            if not made.until(lambda: all(map(_answers, made.webs))):
                raise RuntimeError(f"the pages did not start: {logs} says why")
            yield made
        finally:
            keeper.stop()
            _forget_connection()
            for engine in app.extensions["sqlalchemy"].engines.values():
                engine.dispose()


def _forget_connection() -> None:
    """It may be broken, and then not even a rollback goes through it."""
    db.session().invalidate()
    db.session.remove()


def _tenant(name: str) -> uuid.UUID:
    return accounts.create_tenant(name, f"{name.lower()}@example.org")[0].id


def _answers(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
        return bool(answer.status == 200)
