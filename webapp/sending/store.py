"""The engine's own connection to PostgreSQL: one step is one transaction of one tenant, sent in one go."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

from webapp.db import APP_ROLE, session_options

Cursor = psycopg.Cursor[dict[str, Any]]

STATEMENT_TIMEOUT_MS = 60_000
_TELL_TENANT = "select set_config('app.tenant_id', %s, true), set_config('lock_timeout', %s, true)"

# A server that is gone without a word is noticed within seconds, not when the kernel gives up.
_LIVENESS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class Store:
    """A connection as crier_app, made when it is needed and again after the server went away."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: psycopg.Connection[dict[str, Any]] | None = None

    @contextmanager
    def transaction(self, tenant_id: uuid.UUID, lock_wait_ms: int = 0) -> Iterator[Cursor]:
        """One transaction that is this tenant's for row-level security.

        Args:
            lock_wait_ms: how long it waits for each lock; 0 is for as long as a statement may take.

        Raises:
            psycopg.errors.LockNotAvailable: somebody else holds a lock for longer than that.
            psycopg.OperationalError: the server is away; the next call connects anew.
        """
        connection = self._connected()
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(_TELL_TENANT, (str(tenant_id), str(lock_wait_ms)))
            yield cursor

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection[dict[str, Any]]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                row_factory=dict_row,
                options=session_options(APP_ROLE, STATEMENT_TIMEOUT_MS),
                prepare_threshold=2,
                **_LIVENESS,
            )
        return self._connection
