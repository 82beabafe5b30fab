"""How figures and times look: in the tenant's language and zone."""

from flask import Flask, g
from flask_babel import Babel, format_decimal, get_locale, gettext

from webapp.domain import phones
from webapp.views.shared import words

# One way to write a moment on every page: 24 hours, and the month in letters, so that nobody takes a day for a month.
_DAY, _TIME = "d MMM y", "HH:mm"
_FORMATS = {
    **dict.fromkeys(("date", "date.short", "date.medium"), _DAY),
    **dict.fromkeys(("date.full", "date.long"), "EEEE, d MMMM y"),
    **dict.fromkeys(("time", "time.short"), _TIME),
    **dict.fromkeys(("time.medium", "time.full", "time.long"), f"{_TIME}:ss"),
    **dict.fromkeys(("datetime", "datetime.short", "datetime.medium"), f"{_DAY}, {_TIME}"),
    **dict.fromkeys(("datetime.full", "datetime.long"), f"EEEE, d MMMM y, {_TIME}"),
}


def install(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, _FORMATS, locale_selector=_locale, timezone_selector=_zone)
    app.add_template_filter(lambda number: format_decimal(number or 0), "numberformat")
    app.add_template_filter(lambda e164: phones.pretty(e164) if e164 else "", "phoneformat")
    app.add_template_filter(lambda name: f"{{{{{name}}}}}", "placeholder")
    app.add_template_filter(lambda code: get_locale().territories.get(code, code), "countryname")
    app.add_template_filter(words, "words")
    app.add_template_filter(_translated, "translated")


def _translated(sentence: str) -> str:
    """A sentence that a template is handed. `_()` there takes what it is given for its own text, which is not
    escaped; this is."""
    return gettext(sentence) if sentence else ""


def _locale() -> str:
    return g.visitor.tenant.locale if g.get("visitor") else "en"


def _zone() -> str:
    return g.visitor.tenant.time_zone if g.get("visitor") else "UTC"
