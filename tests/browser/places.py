"""Where one can go: the address of every page of the application."""

from collections.abc import Iterator
from itertools import product

from flask import Flask
from werkzeug.routing import Rule

from tests.world import World
from webapp.views.permissions import BY_KEY

# No pages: parts of one that ask for themselves, what is downloaded, and what other programs ask.
PARTS = {
    "dashboard.now",
    "campaigns.frame",
    "contact_bulk.progress",
    "imports.progress",
    "webhook_logs.tries",
    "webhooks.tested",
    "whatsapp_instances.state",
}
NOT_SEEN = PARTS | {"static", "api_pages.openapi", "health.alive", "health.ready", "callbacks.handshake"}

# What a page shows in another way when its address says so.
ASKED = {
    "campaigns.index": ("trash=1", "q=nobody", "status=draft"),
    "campaigns.show": ("segment=all", "segment=failed", "segment=uncertain", "segment=waiting"),
    "contacts.index": ("trash=1", "q=nobody", "status=opted_out"),
    "groups.index": ("trash=1", "q=nobody"),
    "message_templates.index": ("trash=1", "q=nobody"),
    "message_templates.show": ("preview=older",),
    "messages.index": ("q=nobody", "direction=in"),
    "webhooks.index": ("trash=1", "q=nobody"),
    "webhooks.show": ("outcome=failed", "outcome=waiting", "event=group_created"),
    "webhook_logs.ask_replay": ("since=hour",),
    "whatsapp_instances.index": ("trash=1", "q=nobody"),
}


def pages(app: Flask, world: World) -> Iterator[str]:
    """The address of every page, with every object of the world that can stand in it."""
    yield "/no-such-page"
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if "GET" not in (rule.methods or set()) or rule.websocket or rule.endpoint in NOT_SEEN:
            continue
        if rule.endpoint.partition(".")[0] in BY_KEY:  # other programs ask those
            continue
        if not rule.rule.endswith(".csv"):
            for address in addresses(rule, world):
                yield address
                yield from (f"{address}?{asked}" for asked in ASKED.get(rule.endpoint, ()))


def addresses(rule: Rule, world: World) -> Iterator[str]:
    """A draft has steps, and what it leaves out; any campaign has a page."""
    ids = world.ids
    is_of_draft = {"step", "reason"} & set(rule.arguments)
    values = {
        **{name: [value] for name, value in ids.items()},
        "campaign_id": [ids["draft_id"]] if is_of_draft else [ids["campaign_id"], ids["draft_id"]],
        "step": ["number", "audience", "message", "schedule", "review"],
        "reason": ["opted_out"],
        "token": ["x" * 43],
    }
    names = sorted(rule.arguments)
    for given in product(*(values[name] for name in names)):
        yield rule.map.bind("").build(rule.endpoint, dict(zip(names, given, strict=True)))  # type: ignore[union-attr]
