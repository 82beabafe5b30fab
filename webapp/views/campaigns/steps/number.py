"""Name and number."""

from typing import Any

from flask import request

from webapp.forms.campaigns import NumberForm
from webapp.services.campaigns import choices, drafts
from webapp.views.guard import here
from webapp.views.shared import as_uuid


def form(campaign: Any = None) -> NumberForm:
    numbers = choices.numbers(here().tenant.id)
    offered = NumberForm(data=_of(campaign, numbers)).offer((str(n.id), n.name) for n in numbers)
    offered.numbers = numbers
    return offered


def create(form: NumberForm):
    return drafts.create(
        here().tenant.id, name=form.name.data, whatsapp_instance_id=as_uuid(form.number.data)
    )


def save(campaign: Any, form: NumberForm):
    return drafts.set_number(
        campaign.tenant_id, campaign.id, name=form.name.data, whatsapp_instance_id=as_uuid(form.number.data)
    )


def around(campaign: Any, form: NumberForm) -> dict[str, Any]:
    return {"numbers": form.numbers}


def _of(campaign: Any, numbers: list[Any]) -> dict[str, Any]:
    """As the draft has it; the only number there is, is chosen already."""
    if campaign is not None and campaign.whatsapp_instance_id:
        return {"name": campaign.name, "number": str(campaign.whatsapp_instance_id)}
    only = str(numbers[0].id) if len(numbers) == 1 and request.method == "GET" else None
    return {"name": campaign.name if campaign else request.args.get("name", ""), "number": only}
