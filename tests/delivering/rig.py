"""A deliverer inside the test, with times that are short, and what it left in the database."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import current_app
from sqlalchemy import func, inspect, text

from tests.webhooks import make_webhook
from webapp.db import act_for, as_owner, db
from webapp.delivering.slice import Deliverer
from webapp.egress.rules import Rules, parse_allow
from webapp.models.webhooks import Webhook, WebhookAttempt, WebhookLog
from webapp.services import webhook_secrets

LOCAL = "127.0.0.1/32:1024-65535"
# Ten tries, none of which keeps a test waiting.
AT_ONCE = (0.0,) * 10


@contextmanager
def deliverer(
    *, limit: float = 1, schedule: tuple[float, ...] = AT_ONCE, rules: Rules | None = None
) -> Iterator[Deliverer]:
    settings = replace(current_app.config["CRIER"], webhook_timeout_seconds=limit, webhook_schedule=schedule)
    made = Deliverer(settings, rules or parse_allow(LOCAL))
    try:
        yield made
    finally:
        made.close()


def deliver(seconds: float = 5, **given: Any) -> None:
    """Post what is due until nothing is, or for so many seconds; then all of it is written."""
    with deliverer(**given) as made:
        made.serve(lambda: False, seconds)
        made.land()


def deliver_all(*webhooks: Webhook, seconds: float = 20, **given: Any) -> None:
    """Post until nothing waits for any try at these webhooks."""
    end = time.monotonic() + seconds
    with deliverer(**given) as made:
        while any(log.completed_at is None for webhook in webhooks for log in logs(webhook)):
            assert time.monotonic() < end, "not everything was posted in time"
            made.serve(lambda: False, 1)
            made.land()


def endpoint(tenant_id: uuid.UUID, url: str, **other: Any) -> Webhook:
    """One that hears of new contacts only, unless something else is asked for."""
    return make_webhook(tenant_id, url=url, **{"events": ["contact_created"]} | other)


def events(webhook: Webhook, count: int = 1, event: str = "contact_created") -> list[uuid.UUID]:
    """So many events that wait to be posted to this webhook; the ids of their log rows."""
    rows = [
        {
            "tenant_id": webhook.tenant_id,
            "webhook_id": webhook.id,
            "event_id": (key := uuid.uuid4()),
            "event": event,
            "payload": {"sequence": number, "payload": {"name": "Zoë"}, "type": event, "id": str(key)},
            "next_attempt_at": func.now(),
        }
        for number in range(count)
    ]
    made = db.session.scalars(db.insert(WebhookLog).values(rows).returning(WebhookLog.id)).all()
    db.session.commit()
    return list(made)


def fresh(webhook: Webhook) -> Webhook:
    """The webhook as it is now."""
    tenant_id, webhook_id = keys(webhook)
    db.session.rollback()
    act_for(tenant_id)
    query = Webhook.of(tenant_id).where(Webhook.id == webhook_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def keys(webhook: Webhook) -> tuple[uuid.UUID, uuid.UUID]:
    """Tenant and id, also of one whose row was forgotten with its transaction."""
    identity = inspect(webhook).identity
    assert identity
    tenant_id, webhook_id = identity
    return tenant_id, webhook_id


def logs(webhook: Webhook) -> list[WebhookLog]:
    fresh(webhook)
    query = (
        WebhookLog.of(webhook.tenant_id).where(WebhookLog.webhook_id == webhook.id).order_by(WebhookLog.id)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def attempts(log: WebhookLog) -> list[WebhookAttempt]:
    query = WebhookAttempt.of(log.tenant_id).where(WebhookAttempt.webhook_log_id == log.id)
    return list(
        db.session.scalars(query.order_by(WebhookAttempt.number).execution_options(populate_existing=True))
    )


def secrets_of(webhook: Webhook) -> list[str]:
    return webhook_secrets.signing_secrets(fresh(webhook))


def move(webhook: Webhook, **ago: str) -> None:
    """Let times of the webhook lie so far in the past, as the words of an interval."""
    moved = ", ".join(f"{name} = now() - interval '{words}'" for name, words in ago.items())
    with as_owner() as connection:
        connection.execute(text(f"update webhooks set {moved} where id = :id"), {"id": keys(webhook)[1]})


def make_due(webhook: Webhook) -> None:
    """Whatever waits for its next try is due now."""
    with as_owner() as connection:
        connection.execute(
            text(
                "update webhook_logs set next_attempt_at = now() where webhook_id = :id and completed_at is null"
            ),
            {"id": keys(webhook)[1]},
        )
