"""Acts about webhooks and their log."""

import uuid
from typing import Any, Final

from webapp.api.acts.act import Act, Holder, Told, page_of, place
from webapp.api.acts.kept import Kept
from webapp.api.shapes.lists import Asked, list_of
from webapp.api.shapes.webhooks import (
    Webhook,
    WebhookChange,
    WebhookLog,
    WebhookLogsAsked,
    WebhookNew,
    WebhookWithSecret,
)
from webapp.services import webhook_logs, webhooks


def _create(holder: Holder, new: WebhookNew) -> Told:
    webhook, secret = webhooks.create(holder.tenant_id, **_typed(new))
    return webhooks.described(webhook) | {"secret": secret}


def _change(holder: Holder, key: uuid.UUID, change: WebhookChange) -> Told:
    return webhooks.described(webhooks.update(holder.tenant_id, key, **_typed(change)))


def _regenerate(holder: Holder, key: uuid.UUID) -> Told:
    webhook, secret = webhooks.regenerate_secret(holder.tenant_id, key)
    return webhooks.described(webhook) | {"secret": secret}


def _test(holder: Holder, key: uuid.UUID) -> Told:
    return _entry(webhooks.send_test(holder.tenant_id, key))


def _logs(holder: Holder, key: uuid.UUID, asked: WebhookLogsAsked) -> Told:
    webhooks.get(holder.tenant_id, key)
    filters = webhook_logs.Filters(event=asked.event, outcome=asked.status)
    page = webhook_logs.listed(
        holder.tenant_id, key, filters, whole=True, limit=asked.limit, **place(asked.cursor)
    )
    return page_of(page, _entry)


def _entry(log: Any) -> Told:
    return {
        "id": str(log.id),
        "webhookId": str(log.webhook_id),
        "eventId": str(log.event_id) if log.event_id else None,
        "event": log.event,
        "payload": log.payload,
        "success": log.success,
        "statusCode": log.status_code,
        "response": log.response,
        "errorMessage": log.error_message,
        "attemptCount": log.attempt_count,
        "nextAttemptAt": log.next_attempt_at.isoformat() if log.next_attempt_at else None,
        "completedAt": log.completed_at.isoformat() if log.completed_at else None,
        "createdAt": log.created_at.isoformat(),
    }


def _typed(shape: WebhookNew | WebhookChange) -> Any:
    return shape.given()


_KEPT: Final = Kept(
    room="webhooks",
    path="/webhooks",
    noun="webhook",
    wrapped="webhook",
    scope="webhooks",
    service=webhooks,
    described=webhooks.described,
    told=Webhook,
    new=WebhookNew,
    changed=WebhookChange,
    asked=Asked,
    create=_create,
    change=_change,
    told_new=WebhookWithSecret,
)

ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _KEPT.act(
        "regenerateSecret", "Make another secret; the one before signs beside it for 24 hours more.", "POST",
        "/regenerate-secret", _regenerate, gives=WebhookWithSecret, wrapped="webhook",
    ),
    _KEPT.act(
        "test", "Post a test to a webhook, in the background; the answer is its entry in the log.", "POST", "/test",
        _test, gives=WebhookLog, status=202, wrapped="log", heavy=True,
    ),
    _KEPT.act(
        "getLogs", "What was posted to a webhook, newest first, with what came of it.", "GET", "/logs", _logs,
        takes=WebhookLogsAsked, gives=list_of(WebhookLog),
    ),
)  # fmt: skip
