"""`POST /{phoneNumberId}/messages`: take a message, write it down, answer, and let its statuses follow."""

import time
from dataclasses import replace
from typing import Any

from simulator import statuses, template_checks
from simulator.answers import Answer, Fate, Request, say
from simulator.bearer import bearer
from simulator.errors import GraphError
from simulator.numbers import Number
from simulator.people import contact_of, contact_of_user, digits_of, wa_id_of
from simulator.scripts import Script, script_of
from simulator.statuses import Sent
from simulator.templates import Template
from simulator.validation import read_message
from simulator.world import World

_MARKED_READ = say({"success": True})
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_SILENCE_SECONDS = 120.0
_WINDOW_CLOSED = Script("", statuses=("failed",), error=131047)
_NOT_DELIVERED = Script("", statuses=())


def post(world: World, request: Request, number_id: str) -> Answer:
    """A message is accepted or refused; both are counted. A mark-as-read is neither."""
    try:
        token = bearer(request)
        message = read_message(request.body)
        if "status" in message:
            world.counts.marked_read += 1
            return _MARKED_READ
        answer = _take(world, _number(world, number_id, token), message)
    except GraphError:
        _count(world, accepted=False)
        raise
    _count(world, accepted=answer.fate is not Fate.RESET)
    return answer


def _number(world: World, number_id: str, token: str) -> Number:
    number = world.numbers.used(number_id, token)
    if world.numbers.is_dirty:
        world.save()
    return number


def _count(world: World, *, accepted: bool) -> None:
    world.counts.posts += 1
    world.counts.accepted += accepted
    world.counts.refused += not accepted


def _take(world: World, number: Number, message: dict[str, Any]) -> Answer:
    """Everything that can refuse it first; then it is accepted, whatever becomes of the answer."""
    if message.get("recipient_type") == "group":
        raise GraphError(131020)
    who = digits_of(message["to"]) if "to" in message else message["recipient"]
    script = script_of(who)
    _refuse_as_scripted(world, number, who, script)
    if _refused_by_fault(world):
        return Answer(0, b"", fate=Fate.RESET)
    world.limits.take(number.id, who)
    template = _template(world, number, message)
    sent = _accept(world, number, message, template)
    _let_follow(world, sent, _ending(world, sent, script))
    return _answer(world, sent, message, script)


def _refuse_as_scripted(world: World, number: Number, who: str, script: Script) -> None:
    if script.fast_repeat and not world.limits.may_repeat(number.id, who):
        raise GraphError(131056)
    if script.refusal is None or (script.every_other and world.limits.is_second(number.id, who)):
        return
    raise GraphError(script.refusal, status=script.http_status)


def _refused_by_fault(world: World) -> bool:
    """True for a reset; the other faults before acceptance are errors."""
    match world.faults.before():
        case "rate_limited":
            raise GraphError(130429, status=429)
        case "server_error":
            raise GraphError(131000)
        case "invalid":
            raise GraphError(131009, "An injected fault: this message is called invalid.")
        case fault:
            return fault == "reset"


def _template(world: World, number: Number, message: dict[str, Any]) -> Template | None:
    if message["type"] != "template":
        return None
    wanted = message["template"]
    account_id = world.numbers.account_of(number)
    template = world.templates.to_send(account_id, wanted["name"], wanted["language"]["code"])
    template_checks.check(template, wanted)
    return template


def _accept(world: World, number: Number, message: dict[str, Any], template: Template | None) -> Sent:
    """Give it an id and put it into the ledger."""
    contact = _contact(message)
    person = contact.get("wa_id") or contact["user_id"]
    tracker = message.get("biz_opaque_callback_data")
    sent = Sent(world.ids.next(person), number, person, contact, tracker, message, template)
    kind = message["type"]
    content = message[kind]
    world.ledger.add(
        {
            "t": time.time(),
            "phoneNumberId": number.id,
            "to": _addressee(message),
            "tracker": tracker,
            "messageId": sent.id,
            "type": kind,
            "body": content["body"] if kind == "text" else content,
        }
    )
    return sent


def _contact(message: dict[str, Any]) -> dict[str, Any]:
    """The person by the number; by the user id only where no number is given."""
    if "to" in message:
        return contact_of(wa_id_of(digits_of(message["to"])))
    return contact_of_user(message["recipient"])


def _addressee(message: dict[str, Any]) -> str:
    return str(message["to"] if "to" in message else message["recipient"])


def _ending(world: World, sent: Sent, script: Script) -> Script:
    """What the limits that only show later make of it. Meta documents no error for the account's."""
    if sent.template is None and world.limits.window_is_closed(sent.number.id, sent.person):
        return _WINDOW_CLOSED
    account_id = world.numbers.account_of(sent.number)
    if sent.template and world.limits.is_beyond_account_limit(account_id, sent.person):
        return _NOT_DELIVERED
    return script


def _let_follow(world: World, sent: Sent, script: Script) -> None:
    for delay, item in statuses.follow(sent, script, world.faults, world.ids):
        if item.kind == "statuses" and world.faults.hits("lost"):
            world.counts.callback_lost += 1
        else:
            world.callbacks.schedule(delay, item)
    if world.faults.hits("forged"):
        world.callbacks.forge(statuses.status(sent, "failed", time.time(), error=131026))


def _answer(world: World, sent: Sent, message: dict[str, Any], script: Script) -> Answer:
    """The truth, or what is left of it under a fault after acceptance."""
    contact = {"input": _addressee(message), "wa_id" if "wa_id" in sent.contact else "user_id": sent.person}
    about: dict[str, Any] = {"id": sent.id}
    if sent.template:
        about["message_status"] = "held_for_quality_assessment" if script.held else "accepted"
    truth = say({"messaging_product": "whatsapp", "contacts": [contact], "messages": [about]})
    fault = script.fault or world.faults.after()
    return truth if fault is None else _spoilt(truth, fault, world.faults.settings.stall_seconds)


def _spoilt(truth: Answer, fault: str, stall_seconds: float) -> Answer:
    match fault:
        case "stall":
            return replace(truth, wait=stall_seconds)
        case "silence":
            return replace(truth, wait=_SILENCE_SECONDS, fate=Fate.DROP)
        case "garbage":
            return replace(truth, body=truth.body[:50])
        case "bad_gateway":
            return Answer(502, _PAGE, content_type="text/html")
        case "bare_500":
            return Answer(500, b"Internal Server Error", content_type="text/plain")
        case _:
            return replace(truth, fate=Fate.DROP)
