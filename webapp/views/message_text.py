"""What stands beside a text that is being written: its placeholders, their defaults, and the phone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from flask_babel import format_datetime

from webapp.domain import placeholders, whatsapp_text
from webapp.services import previews
from webapp.services.audience import Audience
from webapp.views.guard import here
from webapp.views.shared import as_uuid


def writing(text: str, defaults: Mapping[str, str]) -> dict[str, Any]:
    """For the fragment `placeholders`: those of this text, and the words for people without a value."""
    return {"draft": previews.draft(here().tenant.id, text), "defaults": placeholders.by_key(defaults)}


def phone(
    text: str, defaults: Mapping[str, str], chosen: Audience = previews.EVERYBODY, *, anew: bool = False
) -> dict[str, Any]:
    """For the fragment `preview`: this text through the eyes that the request asks for, or `anew` the first."""
    tenant_id, asked = here().tenant.id, {} if anew else request.values
    contact = previews.reader(tenant_id, chosen, as_uuid(asked.get("contact")), asked.get("preview", ""))
    preview = previews.of(tenant_id, text, defaults, contact)
    return {
        "preview": preview,
        "segments": whatsapp_text.segments(preview.text),
        "clock": format_datetime(datetime.now(UTC), "HH:mm"),
    }


def asks_for_preview() -> bool:
    """Whether the form was sent to be looked at, not to be saved."""
    return "preview" in request.form


def turns_the_page() -> bool:
    """Whether all that is asked for is the phone in somebody else's hands."""
    return request.form.get("preview") in ("newer", "older")


def fragments(**around: Any) -> str:
    """The answer to htmx: the phone, and while somebody writes the placeholders too."""
    name = "preview" if turns_the_page() else "beside"
    return render_template(f"message_templates/{name}.html", **around)
