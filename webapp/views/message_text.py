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


def beside(text: str, defaults: Mapping[str, str], chosen: Audience = previews.EVERYBODY) -> dict[str, Any]:
    """For the fragments `placeholders` and `preview`: this text, through the eyes that the request asks for."""
    return {
        "draft": previews.draft(here().tenant.id, text),
        "defaults": placeholders.by_key(defaults),
        **phone(text, defaults, chosen),
    }


def phone(text: str, defaults: Mapping[str, str], chosen: Audience = previews.EVERYBODY) -> dict[str, Any]:
    """For the fragment `preview` alone."""
    tenant_id = here().tenant.id
    contact = previews.reader(
        tenant_id, chosen, as_uuid(request.values.get("contact")), request.values.get("preview", "")
    )
    preview = previews.of(tenant_id, text, defaults, contact)
    return {
        "preview": preview,
        "segments": whatsapp_text.segments(preview.text),
        "clock": format_datetime(datetime.now(UTC), "HH:mm"),
    }


def asks_for_preview() -> bool:
    """Whether the form was sent to be looked at, not to be saved."""
    return "preview" in request.form


def fragments(**around: Any) -> str:
    """The answer to htmx while somebody writes: the placeholders, and the phone out of band."""
    return render_template("message_templates/beside.html", **around)
