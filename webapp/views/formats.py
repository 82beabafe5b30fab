"""How figures and times look: in the tenant's language and zone."""

from flask import Flask, g
from flask_babel import Babel, format_decimal

from webapp.domain import phones
from webapp.views.shared import words


def install(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=_locale, timezone_selector=_zone)
    app.add_template_filter(lambda number: format_decimal(number or 0), "numberformat")
    app.add_template_filter(lambda e164: phones.pretty(e164) if e164 else "", "phoneformat")
    app.add_template_filter(lambda name: f"{{{{{name}}}}}", "placeholder")
    app.add_template_filter(words, "words")


def _locale() -> str:
    return g.visitor.tenant.locale if g.get("visitor") else "en"


def _zone() -> str:
    return g.visitor.tenant.time_zone if g.get("visitor") else "UTC"
