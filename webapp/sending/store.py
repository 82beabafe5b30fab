"""The engine's own connection to PostgreSQL: one step is one transaction of one tenant, sent in one go."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from webapp.db import APP_ROLE, session_options

Cursor = psycopg.Cursor[dict[str, Any]]

STATEMENT_TIMEOUT_MS = 60_000
# A tenant that came after the last statistics seems to have no rows, so that a plan made for it reads all of them for
# each window (a gate took 63 ms instead of 1). A plan that does not look at the values goes by the whole key.
_PLANS = "-c plan_cache_mode=force_generic_plan"
_TELL_TENANT = "select set_config('app.tenant_id', %s, true)"

# A server that is gone without a word is noticed within seconds, not when the kernel gives up.
_LIVENESS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


@dataclass(frozen=True)
class Step:
    """A step of the protocol as a function of the connection that takes it: statements of their own, because each sees
    what was committed before it began, and one round trip, because a sender's threads wait for each other at each.

    It lives in pg_temp, so that its words stand in the code and two versions of the program may run side by side.
    `parameters` are names and types, `body` the statements between declare and end, with %(name)s for parameters; it
    is made when it is first needed.
    """

    name: str
    parameters: Mapping[str, str]
    returns: str
    body: Callable[[], str]

    def definition(self) -> str:
        names = {name: f"given_{name}" for name in self.parameters}
        arguments = ", ".join(f"{names[name]} {type}" for name, type in self.parameters.items())
        return (
            f"create function pg_temp.{self.name}({arguments}) returns {self.returns} language plpgsql as $step$\n"
            f"{self.body() % names}\nend $step$"
        )

    @property
    def call(self) -> str:
        arguments = ", ".join(f"%({name})s::{type}" for name, type in self.parameters.items())
        return f"select pg_temp.{self.name}({arguments}) as told"


class Store:
    """A connection as crier_app, made when it is needed and again after the server went away."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: psycopg.Connection[dict[str, Any]] | None = None
        self._made: set[str] = set()

    @contextmanager
    def transaction(self, tenant_id: uuid.UUID) -> Iterator[Cursor]:
        """One transaction that is this tenant's for row-level security.

        Raises:
            psycopg.OperationalError: the server is away; the next call connects anew.
        """
        connection = self._connected()
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(_TELL_TENANT, (str(tenant_id),))
            yield cursor

    def call(self, step: Step, given: Mapping[str, Any]) -> Any:
        """Take a step of the protocol in one round trip and one commit; what its function returns.

        Raises: as `transaction`.
        """
        connection = self._connected()
        if step.name not in self._made:
            connection.execute(step.definition().encode())
            self._made.add(step.name)
        found = connection.execute(step.call, given).fetchone()
        assert found is not None
        return found["told"]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection[dict[str, Any]]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._made.clear()
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                row_factory=dict_row,
                options=f"{session_options(APP_ROLE, STATEMENT_TIMEOUT_MS)} {_PLANS}",
                prepare_threshold=0,
                **_LIVENESS,
            )
        return self._connection
