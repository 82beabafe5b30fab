"""The product inside the driver: its verbs are called as a web process would call them."""

from pathlib import Path

from flask import Flask

from embedded import running
from webapp.app import create_app
from webapp.config import Settings


def application(database_url: str, redis_url: str, data: Path) -> Flask:
    """An application on this database and Redis, quiet: what a fault provokes here is expected."""
    given = running.secrets(data) | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "LOG_LEVEL": "CRITICAL",
        "EGRESS_ALLOW": "127.0.0.1/32:1024-65535",
    }
    return create_app(Settings.from_env(given), statement_timeout_ms=60_000)
