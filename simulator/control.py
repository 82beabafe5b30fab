"""`/_sim/...`: what a test or a curious person tells the simulator, and asks it."""

from typing import Any

from simulator import inbound, template_doors
from simulator.answers import Answer, Request, say
from simulator.envelopes import Item
from simulator.numbers import Number
from simulator.people import contact_of, contact_of_user, digits_of, wa_id_of
from simulator.subscriptions import is_callback_address
from simulator.template_rules import CATEGORIES, STATUSES
from simulator.validation import parse_object
from simulator.world import World

_MOST_DIGITS = 20


def stats(world: World, request: Request) -> Answer:
    return say({**world.counts.as_dict(), "callbacksPending": world.callbacks.pending})


def show_faults(world: World, request: Request) -> Answer:
    return say(world.faults.as_dict())


def change_faults(world: World, request: Request) -> Answer:
    """Takes over what is given and keeps the rest."""
    world.faults.merge(parse_object(request.body))
    return say(world.faults.as_dict())


def reset_faults(world: World, request: Request) -> Answer:
    world.faults.reset()
    return say(world.faults.as_dict())


def tell_number(world: World, request: Request) -> Answer:
    """`phoneNumberId`, and any of `appSecret`, `url`, `businessAccountId`, `displayPhoneNumber`."""
    told = parse_object(request.body)
    number = _number(world, told)
    secret, url = told.get("appSecret"), told.get("url")
    _must(secret is None or (isinstance(secret, str) and secret), "appSecret must be a text.")
    _must(url is None or is_callback_address(url), "url must be an http or https address.")
    account_id, display = _digits(told, "businessAccountId"), _digits(told, "displayPhoneNumber")
    number.app_secret, number.url = secret or number.app_secret, url or number.url
    number.account_id, number.display = account_id or number.account_id, display or number.display
    world.numbers.is_dirty = True
    world.save()
    return say({"success": True})


def receive(world: World, request: Request) -> Answer:
    """A person writes to `phoneNumberId`; who and what is told in the README."""
    told = parse_object(request.body)
    number = _number(world, told)
    item = _item(world, number, _contact(told), told)
    _must(world.numbers.address_of(number), "This number has no callback address yet: subscribe it first.")
    world.callbacks.schedule(0, item)
    return say({"success": True, "messageId": item.content.get("id")})


def change_template(world: World, request: Request, name: str) -> Answer:
    """`status` or `category`, for one `language` or all, in one `businessAccountId` or all that are known."""
    told = parse_object(request.body)
    status, category = told.get("status"), told.get("category")
    _must(status in (None, *STATUSES), f"status must be one of {', '.join(STATUSES)}.")
    _must(category in (None, *CATEGORIES), f"category must be one of {', '.join(CATEGORIES)}.")
    found = world.templates.named(name, told.get("language"), _digits(told, "businessAccountId"))
    for account_id, template in found:
        if status:
            template_doors.change_status(world, account_id, template, status, str(told.get("reason", "NONE")))
        if category:
            template_doors.change_category(world, account_id, template, category)
    return say({"success": bool(found), "changed": len(found)}, 200 if found else 404)


def _contact(told: dict[str, Any]) -> dict[str, Any]:
    """The person: `from`, a phone number, or `userId` of somebody who shows none; `name` if given."""
    name, user_id = told.get("name"), told.get("userId")
    _must(name is None or isinstance(name, str), "name must be a text.")
    if user_id is not None:
        _must(isinstance(user_id, str) and user_id, "userId must be a text.")
        contact = contact_of_user(user_id)
    else:
        digits = _digits(told, "from")
        _must(digits, "from, a phone number, or userId is needed.")
        contact = contact_of(wa_id_of(str(digits)))
    return contact if name is None else {**contact, "profile": {"name": name}}


def _item(world: World, number: Number, contact: dict[str, Any], told: dict[str, Any]) -> Item:
    if (value := told.get("preference")) is not None:
        _must(value in ("stop", "resume"), "preference must be stop or resume.")
        return inbound.preference(number, contact, value)
    return inbound.message(number, contact, _content(told), world.ids)


def _content(told: dict[str, Any]) -> dict[str, Any]:
    words, button, message = told.get("text"), told.get("button"), told.get("message")
    if isinstance(words, str):
        return inbound.text(words)
    if isinstance(button, dict):
        return {"type": "button", "button": button}
    _must(
        isinstance(message, dict) and "type" in message, "One of text, button, preference, message is needed."
    )
    assert isinstance(message, dict)
    return message


def _number(world: World, told: dict[str, Any]) -> Number:
    number_id = told.get("phoneNumberId")
    _must(
        isinstance(number_id, str) and number_id.isascii() and number_id.isdecimal(),
        "phoneNumberId must be digits.",
    )
    assert isinstance(number_id, str)
    _must(len(number_id) <= _MOST_DIGITS, "phoneNumberId is too long.")
    return world.numbers.known.setdefault(number_id, Number(number_id))


def _digits(told: dict[str, Any], name: str) -> str | None:
    value = told.get(name)
    if value is None:
        return None
    digits = digits_of(value) if isinstance(value, str) else ""
    _must(0 < len(digits) <= _MOST_DIGITS, f"{name} must be a text of digits.")
    return digits


def _must(holds: object, sentence: str) -> None:
    """ValueError, which the routes answer as 400."""
    if not holds:
        raise ValueError(sentence)
