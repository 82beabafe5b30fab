"""What every process has: settings, log, database, Redis. A worker has no more; app.py puts the doors on it."""

from pathlib import Path

from flask import Flask

from webapp import broker, db, logs
from webapp.config import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_base(settings: Settings | None = None, *, statement_timeout_ms: int) -> Flask:
    """An application without doors on these settings, else on those of the environment.

    Args:
        statement_timeout_ms: how long one statement may take; workers are given more than pages.
    """
    settings = settings or _of_this_process()
    app = Flask("webapp", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config["CRIER"] = settings
    db.init_app(app, settings.database_url, statement_timeout_ms)
    broker.init_app(app, settings.redis_url)
    return app


def _of_this_process() -> Settings:
    settings = Settings.from_env()
    logs.setup(settings.log_level, settings.log_format)
    return settings
