"""What the pages have in common: sentences, toasts, forms that keep what was typed, keys of a list's page."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, get_template_attribute, make_response, redirect, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from webapp.domain import schedule
from webapp.domain.errors import Invalid, Refusal
from webapp.services.pages import Keys


def words(refusal: Refusal | schedule.Words) -> str:
    """The sentence in the reader's language, with moments in the tenant's time."""
    values = {
        name: format_datetime(value) if isinstance(value, datetime) else value
        for name, value in refusal.values.items()
    }
    return str(_(refusal.message, **values) if values else _(refusal.message))


def toast(sentence: str, tone: str, status: int):
    """An htmx answer that changes nothing but shows a toast."""
    macro = get_template_attribute("parts/toasts.html", "toast")
    response = make_response(macro(sentence, tone), status)
    response.headers["HX-Retarget"] = "#toasts"
    response.headers["HX-Reswap"] = "beforeend"
    return response


def attempt(form: FlaskForm, act: Callable[[], Any]) -> Any | None:
    """The verb's answer, or None with every refusal beside its field. Refusals about the whole stand on top."""
    if not form.validate_on_submit():
        return None
    try:
        return act()
    except Invalid as invalid:
        field = form._fields.get(invalid.field)
        place = field.errors if field is not None else form.form_errors
        if isinstance(place, tuple):
            place = field.errors = list(place)
        place.append(words(invalid))
        return None


def said(message: str, *, undo: str | None = None, stays: bool = False, **fields: Any) -> None:
    """Tell what was done on the next page; `undo` is the endpoint that takes it back, `fields` go to it.

    What `stays` is there until somebody goes on or puts it away.
    """
    if undo is None:
        flash(message, "good")
    else:
        url_values = {name: value for name, value in fields.items() if not isinstance(value, list)}
        hidden = [[name, str(v)] for name, value in fields.items() if isinstance(value, list) for v in value]
        # Flask keeps whatever JSON can hold; the toast knows this shape.
        told: Any = {
            "message": message,
            "undo": {"url": url_for(undo, **url_values), "fields": hidden},
            "stays": stays,
        }
        flash(told, "good")


def refused(refusal: Refusal) -> None:
    """Tell on the next page why something was not done, with the way to the campaign that is in the way."""
    told: Any = {"message": words(refusal)}
    if campaign_id := refusal.values.get("campaign_id"):
        told["link"] = {
            "url": url_for("campaigns.show", campaign_id=campaign_id),
            "label": _("Look at the campaign"),
        }
    flash(told, "warn")


def to(endpoint: str, **values: Any):
    """Go there with a GET, as after every POST."""
    return redirect(url_for(endpoint, **values), 303)


def asked_keys() -> Keys:
    """`newer` or `older` of the address; nonsense is the first page."""
    keys = Keys()
    if newer := as_uuid(request.args.get("newer")):
        keys["newer"] = newer
    if older := as_uuid(request.args.get("older")):
        keys["older"] = older
    return keys


def chosen_ids() -> list[uuid.UUID]:
    """The rows that were ticked; what is no id is left out."""
    return [key for text in request.form.getlist("ids") if (key := as_uuid(text))]


def as_uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def page_links(endpoint: str, page: Any, **values: Any) -> dict[str, str | None]:
    """The addresses of the pages beside this one, with the list's filters."""
    kept = {name: value for name, value in values.items() if value not in (None, "", False)}
    return {
        "newer_url": url_for(endpoint, newer=page.newer, **kept) if page.newer else None,
        "older_url": url_for(endpoint, older=page.older, **kept) if page.older else None,
    }
