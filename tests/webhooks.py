"""Webhooks for tests, and entries in their logs as delivery leaves them."""

import uuid
from datetime import datetime
from typing import Any

from webapp.db import db
from webapp.models.webhooks import Webhook, WebhookAttempt, WebhookLog, WebhookMinute
from webapp.services import webhooks

URL = "https://hooks.example.com/crier"


def typed(**other: Any) -> dict[str, Any]:
    """What a person types to make a webhook."""
    return {"name": "Shop system", "url": URL, "description": "", "which": "all", **other}


def make_webhook(tenant_id: uuid.UUID, **other: Any) -> Webhook:
    return webhooks.create(tenant_id, **{"name": "Shop system", "url": URL} | other)[0]


def quiet_webhook(tenant_id: uuid.UUID, *events: str, **columns: Any) -> Webhook:
    """One that wants these events (none: all that are not only told by choice), and of whose making nothing is told."""
    given = {"name": "Shop system", "url": URL, "events": list(events), "secret": "sealed"} | columns
    webhook = Webhook(tenant_id=tenant_id, **given)
    db.session.add(webhook)
    db.session.commit()
    return webhook


def make_log(webhook: Webhook, outcome: str = "succeeded", **other: Any) -> WebhookLog:
    """An event for this webhook that had this outcome."""
    now = db.func.now()
    columns = {
        "pending": {"next_attempt_at": now},
        "retrying": {
            "next_attempt_at": now + db.text("interval '1 hour'"),
            "attempt_count": 1,
            "status_code": 503,
        },
        "succeeded": {"completed_at": now, "success": True, "attempt_count": 1, "status_code": 204},
        "failed": {
            "completed_at": now,
            "attempt_count": 10,
            "status_code": 500,
            "error_message": "It answered 500.",
        },
    }[outcome]
    log = WebhookLog(
        tenant_id=webhook.tenant_id,
        webhook_id=webhook.id,
        **{"event": "contact_created", "payload": {"type": "contact_created"}} | columns | other,
    )
    db.session.add(log)
    db.session.commit()
    return log


def make_attempt(log: WebhookLog, number: int = 1, **other: Any) -> WebhookAttempt:
    """One try of an entry that is over."""
    attempt = WebhookAttempt(
        tenant_id=log.tenant_id,
        webhook_log_id=log.id,
        number=number,
        **{
            "status_code": 500,
            "duration_ms": 120,
            "response": "out of order",
            "started_at": datetime.now().astimezone(),
        }
        | other,
    )
    db.session.add(attempt)
    db.session.commit()
    return attempt


def make_minute(
    webhook: Webhook, at: datetime, tries: int, failures: int = 0, mean_ms: int = 100, unanswered: int = 0
) -> None:
    """What delivery notes of one minute."""
    minute = at.replace(second=0, microsecond=0)
    answered = tries - unanswered
    values = {"tries": tries, "failures": failures, "answered": answered, "duration_ms": answered * mean_ms}
    db.session.add(WebhookMinute(tenant_id=webhook.tenant_id, webhook_id=webhook.id, minute=minute, **values))
    db.session.commit()
