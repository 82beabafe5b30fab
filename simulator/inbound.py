"""What people send: replies of scripted recipients and messages made by `POST /_sim/inbound`."""

import time
from typing import TYPE_CHECKING, Any

from simulator.envelopes import Item
from simulator.ids import MessageIds
from simulator.numbers import Number
from simulator.people import contact_of

if TYPE_CHECKING:
    from simulator.statuses import Sent

_DETAILS = {
    "stop": "User requested to stop marketing messages",
    "resume": "User requested to resume marketing messages",
}


def message(
    number: Number, wa_id: str, content: dict[str, Any], ids: MessageIds, name: str | None = None
) -> Item:
    """A message of this person; `content` has `type` and what belongs to it."""
    contact = contact_of(wa_id)
    if name is not None:
        contact["profile"] = {"name": name}
    stamp = {"from": wa_id, "id": ids.next(wa_id), "timestamp": str(int(time.time()))}
    return Item(number, "messages", {**stamp, **content}, contact)


def preference(number: Number, wa_id: str, value: str) -> Item:
    """The person stopped or resumed marketing messages in WhatsApp itself. This timestamp is a number."""
    content = {
        "wa_id": wa_id,
        "detail": _DETAILS[value],
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(time.time()),
    }
    return Item(number, "user_preferences", content, contact_of(wa_id))


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def reply(sent: "Sent", what: str, ids: MessageIds) -> list[Item]:
    """The answer of a scripted recipient: "button", "preference", or these words."""
    if what == "preference":
        return [preference(sent.number, sent.wa_id, "stop")]
    content = _tap(sent) if what == "button" else text(what)
    context = {"context": {"from": sent.number.display, "id": sent.id}}
    return [message(sent.number, sent.wa_id, {**context, **content}, ids)]


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
