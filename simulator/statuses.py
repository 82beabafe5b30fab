"""What an accepted message brings: its statuses, when, and the reply of a scripted recipient."""

import time
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from simulator import inbound
from simulator.envelopes import Item
from simulator.errors import in_callback
from simulator.faults import Faults, Settings
from simulator.ids import MessageIds
from simulator.numbers import Number
from simulator.scripts import Script
from simulator.templates import Template

Timed = tuple[float, Item]  # seconds from now, news
_REPEAT_WITHIN = 1.0
_ERROR_OF_FAULT = 131026


@dataclass(slots=True, frozen=True)
class Sent:
    """An accepted message; `person` is a WhatsApp id, or a user id where `contact` has no other."""

    id: str
    number: Number
    person: str
    contact: dict[str, Any]
    tracker: str | None
    message: dict[str, Any]
    template: Template | None = None


def follow(sent: Sent, script: Script, faults: Faults, ids: MessageIds) -> list[Timed]:
    """All news that this message will cause, faults included."""
    settings, dice = faults.settings, faults.dice
    pace = 1 + settings.jitter * (2 * dice.random() - 1)
    failed = faults.hits("failed")
    names = ("failed",) if failed else script.statuses
    error = _ERROR_OF_FAULT if failed else script.error
    held = settings.held_seconds if script.held else 0.0
    news = [_timed(sent, name, held + _seconds(name, settings) * pace, error) for name in names]
    if faults.hits("reorder"):
        news = _reordered(news, faults)
    if script.reply and not failed:
        news += [(news[-1][0] + 0.2, item) for item in inbound.reply(sent, script.reply, ids)]
    if faults.hits("unknown"):
        news.append((settings.sent_seconds, _unknown(sent, faults, ids)))
    return [*news, *_repeated(news, faults)]


def status(sent: Sent, name: str, at: float, error: int | None = None) -> Item:
    """One status of the message with `at` (unix seconds) as its time; failed ones name no contact."""
    content: dict[str, Any] = {"id": sent.id, "status": name, "timestamp": str(int(at))}
    content["recipient_id" if "wa_id" in sent.contact else "recipient_user_id"] = sent.person
    if sent.tracker is not None:
        content["biz_opaque_callback_data"] = sent.tracker
    if name in ("sent", "delivered"):
        content["pricing"] = _pricing(sent.template.category.lower() if sent.template else "service")
    if error is not None:
        content["errors"] = [in_callback(error)]
    return Item(sent.number, "statuses", content, sent.contact if name in ("delivered", "read") else None)


def _timed(sent: Sent, name: str, delay: float, error: int | None) -> Timed:
    return delay, status(sent, name, time.time() + delay, error)


def _seconds(name: str, settings: Settings) -> float:
    if name == "sent":
        return settings.sent_seconds
    return settings.read_seconds if name == "read" else settings.delivered_seconds


@cache
def _pricing(category: str) -> dict[str, Any]:
    """As from v24 on. Until October 2026 Meta charges nothing for what is no template."""
    free = category == "service"
    kind = "free_customer_service" if free else "regular"
    return {"billable": not free, "pricing_model": "PMP", "type": kind, "category": category}


def _reordered(news: list[Timed], faults: Faults) -> list[Timed]:
    """The same statuses with their own times, but they arrive in another order."""
    items = [item for _, item in news]
    faults.dice.shuffle(items)
    return [(delay, item) for (delay, _), item in zip(news, items, strict=True)]


def _repeated(news: list[Timed], faults: Faults) -> list[Timed]:
    return [
        (delay + faults.dice.random() * _REPEAT_WITHIN, item)
        for delay, item in news
        if faults.hits("duplicate")
    ]


def _unknown(sent: Sent, faults: Faults, ids: MessageIds) -> Item:
    """A status of a message that nobody here sent, with a tracker that nobody here made."""
    tracker = f"c{faults.dice.randrange(10**9)}:r{faults.dice.randrange(10**9)}:a1"
    stranger = replace(sent, id=ids.next(sent.person), tracker=tracker)
    return status(stranger, "delivered", time.time())
