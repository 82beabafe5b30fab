"""The log of a webhook as lists of it show it: what was asked for, one page, and the way to the next."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from flask import request

from webapp.domain.events import TEST_EVENT, WEBHOOK_EVENTS
from webapp.services import webhook_logs
from webapp.views.shared import asked_keys, page_links

# How far a list looks back, by the word in its address.
SPANS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def listing(webhook) -> dict[str, Any]:
    """What templates/webhooks/log.html needs."""
    asked = {name: request.args.get(name, "") for name in ("event", "outcome", "since")}
    page = webhook_logs.listed(webhook.tenant_id, webhook.id, _filters(asked), **asked_keys())
    return {
        "logs": page,
        "subjects": webhook_logs.subjects(webhook.tenant_id, page.items),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "outcome": webhook_logs.outcome,
        "next_try": partial(webhook_logs.next_try, webhook),
        "may_be_replayed": webhook_logs.may_be_replayed,
        "do_wait": webhook_logs.do_wait(webhook.tenant_id, webhook.id),
        "heard": [*(webhook.events or WEBHOOK_EVENTS), TEST_EVENT],
        **page_links("webhooks.show", page, webhook_id=webhook.id, **asked),
    }


def ago(word: str) -> datetime | None:
    """When a span of an address began; None for a word that is none."""
    return datetime.now(UTC) - SPANS[word] if word in SPANS else None


def _filters(asked: dict[str, str]) -> webhook_logs.Filters:
    outcome = asked["outcome"] if asked["outcome"] in webhook_logs.OUTCOMES else None
    return webhook_logs.Filters(asked["event"] or None, outcome, ago(asked["since"]))
