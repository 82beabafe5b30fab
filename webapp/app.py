"""The roof: puts the rooms together into one application."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from webapp import broker, db
from webapp.config import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None, *, statement_timeout_ms: int = 5_000) -> Flask:
    settings = settings or Settings.from_env()
    app = Flask("webapp", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config["CRIER"] = settings
    db.init_app(app, settings.database_url, statement_timeout_ms)
    broker.init_app(app, settings.redis_url)
    Migrate(app, db.db, directory=str(ROOT / "migrations"))
    return app
