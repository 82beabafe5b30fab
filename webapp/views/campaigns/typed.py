"""What stands in a step's form before it is saved, else in the draft."""

import uuid
from typing import Any

from flask import request

from webapp.domain import placeholders
from webapp.domain.errors import NotFound
from webapp.forms.message_templates import typed_defaults
from webapp.services import message_templates
from webapp.services.audience import Audience
from webapp.services.campaigns import review
from webapp.services.campaigns.review import Text
from webapp.views.shared import as_uuid


def audience_of(campaign: Any) -> Audience:
    """Whom the open audience step chooses, else whom the draft does."""
    kind = request.form.get("recipient_type")
    if kind is None:
        return Audience.of(campaign.audience)
    return Audience(kind, tuple(chosen(kind)), "exclude_doubtful" in request.form)


def chosen(kind: str) -> list[uuid.UUID]:
    """The ids of the groups or contacts in the open form, each once; what is no id is left out."""
    typed = request.form.getlist(kind) if kind in ("groups", "contacts") else []
    return [key for text in dict.fromkeys(typed) if (key := as_uuid(text))]


def text_of(campaign: Any) -> Text:
    """What the open message step says, else what the draft does."""
    source = request.form.get("source")
    if source == "text":
        return Text(request.form.get("message", ""), placeholders.by_key(typed_defaults(request.form)))
    if source == "template":
        return _of_template(campaign.tenant_id, as_uuid(request.form.get("template")))
    return review.text_of(campaign)


def _of_template(tenant_id: uuid.UUID, template_id: uuid.UUID | None) -> Text:
    if template_id is None:
        return Text("", {})
    try:
        template = message_templates.get(tenant_id, template_id)
    except NotFound:
        return Text("", {})
    defaults = placeholders.by_key(template.variables)
    return Text(template.content, defaults, template, is_free=template.kind == "text")
