"""The roof: puts the rooms together into one application."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import callbacks, cli, db
from webapp.api import install as programs
from webapp.api import ws
from webapp.base import ROOT, create_base
from webapp.config import Settings
from webapp.views import (
    api_keys,
    contact_bulk,
    contacts,
    dashboard,
    errors,
    following,
    formats,
    groups,
    guard,
    headers,
    health,
    imports,
    live,
    message_templates,
    messages,
    sign_in,
    statics,
    step_up,
    uploads,
    webhook_logs,
    webhooks,
)
from webapp.views import settings as settings_page
from webapp.views import whatsapp_instances as numbers
from webapp.views.campaigns import routes as campaigns

BLUEPRINTS = (
    health.bp,
    sign_in.bp,
    step_up.bp,
    dashboard.bp,
    contacts.bp,
    contact_bulk.bp,
    groups.bp,
    imports.bp,
    message_templates.bp,
    campaigns.bp,
    live.bp,
    following.bp,
    ws.bp,
    messages.bp,
    numbers.bp,
    webhooks.bp,
    webhook_logs.bp,
    settings_page.bp,
    api_keys.bp,
    callbacks.bp,
)


def create_app(settings: Settings | None = None, *, statement_timeout_ms: int = 5_000) -> Flask:
    """The application with all its doors: pages, programs, callbacks, commands (base.py says what it is given)."""
    app = create_base(settings, statement_timeout_ms=statement_timeout_ms)
    _configure(app, app.config["CRIER"])
    Migrate(app, db.db, directory=str(ROOT / "migrations"))
    for room in (formats, statics, guard, uploads):
        room.install(app)
    csrf = CSRFProtect(app)
    csrf.exempt(callbacks.bp)  # a provider has no page of ours; it signs what it posts
    for room in (headers, errors, cli):
        room.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    programs.install(app, csrf)
    if hops := app.config["CRIER"].trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    own_host = urlsplit(settings.base_url).hostname or "localhost"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=list(settings.allowed_hosts or {own_host, "127.0.0.1", "localhost", "[::1]"}),
        SESSION_COOKIE_NAME="__Host-crier" if settings.is_https else "crier_session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        SESSION_REFRESH_EACH_REQUEST=False,
        # A form may stay open for as long as its session; the token is bound to that.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=200,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
