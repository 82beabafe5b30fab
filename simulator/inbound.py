"""What people send: replies of scripted recipients and messages made by `POST /_sim/inbound`."""

import time
from typing import TYPE_CHECKING, Any

from simulator.envelopes import Item
from simulator.ids import MessageIds
from simulator.numbers import Number

if TYPE_CHECKING:
    from simulator.statuses import Sent

_DETAILS = {
    "stop": "User requested to stop marketing messages",
    "resume": "User requested to resume marketing messages",
}


def message(number: Number, contact: dict[str, Any], content: dict[str, Any], ids: MessageIds) -> Item:
    """A message of this person; `content` has `type` and what belongs to it. News of WhatsApp has no contact."""
    person = contact.get("wa_id") or contact["user_id"]
    whom = "from" if "wa_id" in contact else "from_user_id"
    stamp = {whom: person, "id": ids.next(person), "timestamp": str(int(time.time()))}
    return Item(number, "messages", {**content, **stamp}, None if content["type"] == "system" else contact)


def preference(number: Number, contact: dict[str, Any], value: str) -> Item:
    """The person stopped or resumed marketing messages in WhatsApp itself. This timestamp is a number."""
    content = {name: contact[name] for name in ("wa_id",) if name in contact} or {
        "user_id": contact["user_id"]
    }
    more = {"detail": _DETAILS[value], "category": "marketing_messages", "value": value}
    return Item(number, "user_preferences", {**content, **more, "timestamp": int(time.time())}, contact)


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def reply(sent: "Sent", what: str, ids: MessageIds) -> list[Item]:
    """The answer of a scripted recipient: "button", "preference", or these words."""
    if what == "preference":
        return [preference(sent.number, sent.contact, "stop")]
    content = _tap(sent) if what == "button" else text(what)
    context = {"context": {"from": sent.number.display, "id": sent.id}}
    return [message(sent.number, sent.contact, {**context, **content}, ids)]


def _tap(sent: "Sent") -> dict[str, Any]:
    """A tap on the first button of the message; where it has none, the word Yes."""
    if sent.template:
        labels = sent.template.quick_replies()
        return _template_tap(sent.message["template"], *labels[0]) if labels else text("Yes")
    buttons = sent.message.get("interactive", {}).get("action", {}).get("buttons")
    if not buttons:
        return text("Yes")
    return {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": buttons[0]["reply"]},
    }


def _template_tap(template: dict[str, Any], index: int, label: str) -> dict[str, Any]:
    """The payload is the one that was sent for this button, otherwise its label."""
    payload = label
    for component in template.get("components", []):
        if component["type"].lower() == "button" and str(component["index"]) == str(index):
            payload = component["parameters"][0].get("payload", label)
    return {"type": "button", "button": {"payload": payload, "text": label}}
