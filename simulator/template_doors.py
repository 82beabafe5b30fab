"""`/{businessAccountId}/message_templates`: list, create, delete."""

import asyncio
from typing import Any

from simulator import template_rules
from simulator.answers import Answer, Request, say
from simulator.bearer import bearer
from simulator.errors import GraphError
from simulator.paging import fields_of, page
from simulator.templates import Template
from simulator.validation import read_object
from simulator.world import World

_FILTERS = ("name", "status", "language", "category")
_UNASKED = ("name", "parameter_format", "components", "language", "status", "category")
_EXISTS, _UNKNOWN_OBJECT = 2388024, 33


def list_of_account(world: World, request: Request, account_id: str) -> Answer:
    bearer(request)
    wanted = {name: value for name, value in request.parameters().items() if name in _FILTERS}
    rows = [template.as_dict() for template in world.templates.of(account_id)]
    fit = [row for row in rows if all(str(row[name]) == value for name, value in wanted.items())]
    names = ["id", *(fields_of(request) or _UNASKED)]
    return page(request, [{name: row[name] for name in names if name in row} for row in fit])


def create(world: World, request: Request, account_id: str) -> Answer:
    """A new template is PENDING and approved a little later, with a callback."""
    bearer(request)
    made = template_rules.read(read_object(request.body))
    try:
        template = world.templates.add(account_id, **made)
    except ValueError as error:
        raise GraphError(100, str(error), subcode=_EXISTS) from None
    wait = world.faults.settings.approval_seconds
    asyncio.get_running_loop().call_later(wait, _approve, world, account_id, template)
    return say({"id": template.id, "status": template.status, "category": template.category})


def delete(world: World, request: Request, account_id: str) -> Answer:
    bearer(request)
    asked = request.parameters()
    gone = world.templates.remove(account_id, asked.get("name", ""), asked.get("hsm_id"))
    if not gone:
        raise GraphError(100, "There is no such template.", subcode=_UNKNOWN_OBJECT)
    for template in gone:
        tell_status(world, account_id, template, "PENDING_DELETION")
    return say({"success": True})


def change_status(
    world: World, account_id: str, template: Template, status: str, reason: str = "NONE"
) -> None:
    """Set the status and tell the account."""
    template.status, template.rejected_reason = status, reason
    tell_status(world, account_id, template, status, reason)


def tell_status(world: World, account_id: str, template: Template, event: str, reason: str = "NONE") -> None:
    value: dict[str, Any] = {"event": event, **_about(template), "reason": reason}
    if event == "PAUSED":
        value["other_info"] = {
            "title": "FIRST_PAUSE",
            "description": "Paused for 3 hours because of user feedback.",
        }
    world.callbacks.about_account(account_id, "message_template_status_update", value)


def change_category(world: World, account_id: str, template: Template, category: str) -> None:
    """Set the category and tell the account."""
    change = {"previous_category": template.category, "new_category": category}
    template.category = category
    world.callbacks.about_account(account_id, "template_category_update", {**_about(template), **change})


def _about(template: Template) -> dict[str, Any]:
    """Here the id is a number, in the list a string."""
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def _approve(world: World, account_id: str, template: Template) -> None:
    if template.status == "PENDING":
        change_status(world, account_id, template, "APPROVED")
