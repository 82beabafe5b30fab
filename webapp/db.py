"""The database: one engine that every tenant's work goes through as the role `crier_app`, and the owner's
own for the few modules that look across tenants (tests/house lists them).

The second wall between tenants starts here: each transaction carries `app.tenant_id`, and row-level security
shows nothing else. Nothing leaves the process before the commit: `on_commit` is the only way out.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, CursorResult, Engine, MetaData, create_engine, event, text
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.sql.dml import UpdateBase

APP_ROLE = "crier_app"

log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def sqlalchemy_url(url: str) -> str:
    """The same address under the name of the driver in use (psycopg 3)."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def session_options(role: str | None, statement_timeout_ms: int) -> str:
    """What libpq tells the server at the start of a connection, so that no rollback or pool can lose it."""
    options = f"-c timezone=UTC -c statement_timeout={statement_timeout_ms}"
    return f"{options} -c role={role}" if role else options


def init_app(app: Flask, database_url: str, statement_timeout_ms: int) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(database_url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "connect_args": {"options": session_options(APP_ROLE, statement_timeout_ms)},
        "pool_size": 10,
        "max_overflow": 20,
        "pool_pre_ping": True,
        "hide_parameters": True,  # an error's text goes to logs and to Redis, and what people wrote must not
    }
    db.init_app(app)
    app.extensions["crier_owner"] = create_engine(
        sqlalchemy_url(database_url),
        pool_size=2,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": session_options(None, 60_000)},
    )


def owner_engine() -> Engine:
    """The engine of the tables' owner, who sees every tenant: migrations, the clock's sweeps, doctor."""
    engine: Engine = current_app.extensions["crier_owner"]
    return engine


@contextmanager
def as_owner() -> Iterator[Connection]:
    """One transaction as the owner. Only modules that the house test lists may call it."""
    with owner_engine().begin() as connection:
        yield connection


def act_for(tenant_id: uuid.UUID | None) -> None:
    """From now on this context's transactions are this tenant's; None takes every tenant away."""
    session = db.session()
    session.info["tenant_id"] = tenant_id
    if session.in_transaction():
        _tell_tenant(session.connection(), tenant_id)


def rows_changed(statement: UpdateBase) -> int:
    """Execute an insert, update or delete; returns how many rows it changed. Loaded objects do not notice."""
    # An insert forgets its count unless it is told to keep it.
    options = {"preserve_rowcount": True, "synchronize_session": False}
    result = db.session.execute(statement, execution_options=options)
    return cast(CursorResult[Any], result).rowcount


def _tell_tenant(connection: Connection, tenant_id: uuid.UUID | None) -> None:
    # Transaction-local: a session-wide setting would leak to the next borrower of a pooled connection.
    connection.execute(
        text("select set_config('app.tenant_id', :tenant, true)"), {"tenant": str(tenant_id or "")}
    )


@event.listens_for(Session, "after_begin")
def _carry_tenant(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if tenant_id := session.info.get("tenant_id"):
        _tell_tenant(connection, tenant_id)


def on_commit(call: Callable[..., Any], *args: Any) -> None:
    """Call once this transaction has committed, never if it rolls back.

    What is called may be lost (a bell, a frame): its errors are logged and go no further, because the
    change itself is already true.
    """
    session = db.session()
    session.info.setdefault("on_commit", []).append((session.get_nested_transaction(), call, args))


def on_commit_once(call: Callable[..., Any], *args: Any) -> None:
    """The same call with the same arguments once for a transaction, however often it is asked for."""
    # One that was asked for inside a savepoint which stands is taken back only together with what is asked for now.
    waiting = db.session.info.get("on_commit", ())
    if not any(asked == call and given == args for _, asked, given in waiting):
        on_commit(call, *args)


@event.listens_for(Session, "after_commit")
def _note_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # this event fires for savepoints too
        session.info["committed"] = session.info.pop("on_commit", [])


@event.listens_for(Session, "after_transaction_end")
def _run_after_commit(session: Session, transaction: SessionTransaction) -> None:
    """Only now may what is called use the session again."""
    if transaction.parent is not None:
        return
    for _, call, args in session.info.pop("committed", ()):
        try:
            call(*args)
        except Exception:
            log.exception("after_commit_failed")


@event.listens_for(Session, "after_soft_rollback")
def _forget_after_rollback(session: Session, ended: SessionTransaction) -> None:
    """A savepoint that is taken back takes what was asked for inside it, and nothing else."""
    waiting = session.info.pop("on_commit", [])
    if ended.nested:
        session.info["on_commit"] = [one for one in waiting if not _is_inside(one[0], ended)]


def _is_inside(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer
