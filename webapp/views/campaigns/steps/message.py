"""Message: a template, or a text written here."""

from typing import Any

from flask import request

from webapp.domain.errors import N_, Invalid
from webapp.forms.campaigns import MessageForm
from webapp.forms.message_templates import typed_defaults
from webapp.services.campaigns import choices, drafts
from webapp.views import message_text
from webapp.views.campaigns import beside
from webapp.views.shared import as_uuid


def form(campaign: Any) -> MessageForm:
    templates = choices.templates(campaign.tenant_id)
    data = {
        "source": "text" if _is_free(campaign) or not templates else "template",
        "template": str(campaign.message_template_id or ""),
        "message": campaign.message if _is_free(campaign) else "",
    }
    return MessageForm(data=data).offer([(str(template.id), template.name) for template in templates])


def save(campaign: Any, form: MessageForm):
    if form.is_free:
        defaults = typed_defaults(request.form)
        return drafts.set_message(
            campaign.tenant_id, campaign.id, message=form.message.data or "", variables=defaults
        )
    template_id = as_uuid(form.template.data)
    if template_id is None:
        raise Invalid("template", N_("Choose a template, or write the message here."))
    try:
        return drafts.set_message(campaign.tenant_id, campaign.id, message_template_id=template_id)
    except Invalid as refusal:
        raise Invalid("template", refusal.message, **refusal.values) from None


def around(campaign: Any, form: MessageForm) -> dict[str, Any]:
    kept = campaign.message_variables if _is_free(campaign) else {}
    defaults = typed_defaults(request.form) if request.method == "POST" else kept
    return message_text.writing(form.message.data or "", defaults)


def part(campaign: Any, form: MessageForm) -> str:
    """The answer to htmx while somebody writes or chooses."""
    return message_text.fragments(**around(campaign, form), **beside.around(campaign))


def _is_free(campaign: Any) -> bool:
    return bool(campaign.message and not campaign.message_template_id)
