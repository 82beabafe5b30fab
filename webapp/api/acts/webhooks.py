"""Acts about webhooks and their log."""

import uuid
from typing import Any, Final

from webapp.api.acts.act import Act, Holder, Told, moment, page_of, place
from webapp.api.acts.kept import Kept
from webapp.api.shapes.lists import Asked, list_of
from webapp.api.shapes.webhooks import (
    Replay,
    Replayed,
    ReplayFailed,
    Tries,
    TriesAsked,
    Webhook,
    WebhookChange,
    WebhookLog,
    WebhookLogsAsked,
    WebhookNew,
    WebhookWithSecret,
)
from webapp.domain import as_json
from webapp.domain.scopes import EVENTS
from webapp.services import webhook_logs, webhooks


def _create(holder: Holder, new: WebhookNew) -> Told:
    webhook, secret = webhooks.create(holder.tenant_id, **_typed(new))
    return webhooks.described(webhook) | {"secret": secret}


def _change(holder: Holder, key: uuid.UUID, change: WebhookChange) -> Told:
    return webhooks.described(webhooks.update(holder.tenant_id, key, **_typed(change)))


def _regenerate(holder: Holder, key: uuid.UUID) -> Told:
    webhook, secret = webhooks.regenerate_secret(holder.tenant_id, key)
    return webhooks.described(webhook) | {"secret": secret}


def _end_old_secret(holder: Holder, key: uuid.UUID) -> Told:
    return webhooks.described(webhooks.end_old_secret(holder.tenant_id, key))


def _test(holder: Holder, key: uuid.UUID) -> Told:
    return _entry(holder, webhooks.send_test(holder.tenant_id, key))


def _logs(holder: Holder, key: uuid.UUID, asked: WebhookLogsAsked) -> Told:
    webhooks.get(holder.tenant_id, key)
    since = moment("since", asked.since) if asked.since else None
    filters = webhook_logs.Filters(event=asked.event, outcome=asked.status, since=since)
    page = webhook_logs.listed(
        holder.tenant_id, key, filters, whole=True, limit=asked.limit, **place(asked.cursor)
    )
    return page_of(page, lambda log: _entry(holder, log))


def _tries(holder: Holder, key: uuid.UUID, asked: TriesAsked) -> Told:
    entry = webhook_logs.get(holder.tenant_id, key, asked.log_id)
    return {"items": [_only_for_hearers(holder, _try(attempt)) for attempt in entry.attempts]}


def _entry(holder: Holder, log: Any) -> Told:
    return _only_for_hearers(holder, webhook_logs.described(log))


def _only_for_hearers(holder: Holder, told: Told) -> Told:
    """What was posted, and answers, which may repeat it, tell of people: only to keys that may hear of events."""
    if holder.may(EVENTS):
        return told
    return told | dict.fromkeys({"payload", "response"} & set(told))


def _try(attempt: Any) -> Told:
    return {
        "number": attempt.number,
        "statusCode": attempt.status_code,
        "response": attempt.response,
        "errorMessage": attempt.error_message,
        "durationMs": attempt.duration_ms,
        "requestHeaders": attempt.request_headers,
        "startedAt": attempt.started_at.isoformat(),
        "completedAt": as_json.moment(attempt.completed_at),
    }


def _replay(holder: Holder, key: uuid.UUID, asked: Replay) -> Told:
    return _entry(holder, webhook_logs.replay(holder.tenant_id, key, asked.log_id))


def _replay_failed(holder: Holder, key: uuid.UUID, asked: ReplayFailed) -> Told:
    since = moment("since", asked.since)
    return {"replayed": webhook_logs.replay_failed(holder.tenant_id, key, since)}


def _post_waiting(holder: Holder, key: uuid.UUID) -> Told:
    return {"replayed": webhook_logs.post_waiting(holder.tenant_id, key)}


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
        "regenerateSecret", "Make another secret; the one before signs beside it for 24 hours more, no third before.",
        "POST", "/regenerate-secret", _regenerate, gives=WebhookWithSecret, wrapped="webhook",
    ),
    _KEPT.act(
        "endOldSecret", "End the secret before the present one now: a receiver that still has it refuses posts.",
        "POST", "/end-old-secret", _end_old_secret, gives=Webhook, wrapped="webhook",
    ),
    _KEPT.act(
        "test", "Post a test to a webhook, in the background; the answer is its entry in the log.", "POST", "/test",
        _test, gives=WebhookLog, status=202, wrapped="log", heavy=True,
    ),
    _KEPT.act(
        "getLogs", "What was posted to a webhook, newest first, with what came of it.", "GET", "/logs", _logs,
        takes=WebhookLogsAsked, gives=list_of(WebhookLog),
    ),
    _KEPT.act(
        "getTries", "Each try to post one entry of the log, the first one first.", "GET", "/tries", _tries,
        takes=TriesAsked, gives=Tries,
    ),
    _KEPT.act(
        "replay", "Post one entry of the log once more, in the background, under the id it had.", "POST", "/replay",
        _replay, takes=Replay, gives=WebhookLog, status=202, wrapped="log",
    ),
    _KEPT.act(
        "replayFailed", "Post what was given up since a moment once more, at most 10,000 of the last 14 days.", "POST",
        "/replay-failed", _replay_failed, takes=ReplayFailed, gives=Replayed, status=202,
    ),
    _KEPT.act(
        "postWaiting", "Post what waits for its next try now, the oldest first, at most 10,000.", "POST",
        "/post-waiting", _post_waiting, gives=Replayed, status=202,
    ),
)  # fmt: skip
