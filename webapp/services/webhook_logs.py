"""The log of a webhook: each event for it with its tries, and what is posted once more."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, not_, select, update
from sqlalchemy.orm import defer

from webapp import broker
from webapp.db import db, on_commit, rows_changed
from webapp.domain import as_json, ids
from webapp.domain.errors import N_, Conflict, NotFound
from webapp.domain.events import TEST_EVENT
from webapp.models.webhooks import MOST_KEPT, Webhook, WebhookAttempt, WebhookLog
from webapp.services import audit
from webapp.services.locks import held
from webapp.services.pages import Page, page
from webapp.services.webhooks import get as get_webhook
from webapp.services.webhooks import wake

# What a log may be asked for.
OUTCOMES: Final = ("waiting", "succeeded", "failed")

# What is older is news to nobody; and what one click posts again must not drown what happens now.
REPLAYED: Final = timedelta(days=14)
MOST_REPLAYED: Final = 10_000
# A try that is due sooner may be under way already.
_SOON: Final = timedelta(minutes=2)
_NOT_THERE: Final = N_("There is no such entry in the log.")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries of a log are asked for; None asks for all."""

    event: str | None = None
    outcome: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event for one webhook with all its tries, the first one first."""

    log: WebhookLog
    attempts: Sequence[WebhookAttempt]


def outcome(log: WebhookLog) -> str:
    """pending (not tried yet), retrying, succeeded or failed (nothing more is tried)."""
    if log.completed_at is None:
        return "retrying" if log.attempt_count else "pending"
    return "succeeded" if log.success else "failed"


def body(log: WebhookLog) -> str:
    """What is posted as people read it, of which 20 KB are shown."""
    text = json.dumps(log.payload, indent=2, ensure_ascii=False)
    return text.encode()[:MOST_KEPT].decode(errors="ignore")


def described(log: WebhookLog) -> dict[str, Any]:
    """The entry as the API tells it."""
    return {
        "id": str(log.id),
        "webhookId": str(log.webhook_id),
        "eventId": as_json.key(log.event_id),
        "event": log.event,
        "payload": log.payload,
        "success": log.success,
        "statusCode": log.status_code,
        "response": log.response,
        "errorMessage": log.error_message,
        "attemptCount": log.attempt_count,
        "nextAttemptAt": as_json.moment(log.next_attempt_at),
        "completedAt": as_json.moment(log.completed_at),
        "createdAt": log.created_at.isoformat(),
    }


def listed(
    tenant_id: uuid.UUID,
    webhook_id: uuid.UUID,
    filters: Filters = Filters(),
    *,
    whole: bool = False,
    **keys: Any,
) -> Page[WebhookLog]:
    """One page of a webhook's log, newest first. Without `whole` what was sent and answered, which may be long, is
    not read."""
    query = _of(tenant_id, webhook_id, filters)
    if not whole:
        query = query.options(defer(WebhookLog.payload), defer(WebhookLog.response))
    return page(query, WebhookLog.id, **keys)


def subjects(tenant_id: uuid.UUID, logs: Sequence[WebhookLog]) -> dict[uuid.UUID, str]:
    """What entries of a log are about, by their ids: a name, else a phone number. Those about neither are left out."""
    told = WebhookLog.payload["payload"]
    subject = func.coalesce(func.nullif(told["name"].astext, ""), told["phoneNumber"].astext)
    query = select(WebhookLog.id, subject).where(
        WebhookLog.tenant_id == tenant_id, WebhookLog.id.in_([log.id for log in logs]), subject.is_not(None)
    )
    return dict(db.session.execute(query).all())


def get(tenant_id: uuid.UUID, webhook_id: uuid.UUID, log_id: uuid.UUID) -> Entry:
    get_webhook(tenant_id, webhook_id)
    if (entry := find(tenant_id, webhook_id, log_id)) is None:
        raise NotFound(_NOT_THERE)
    return entry


def find(tenant_id: uuid.UUID, webhook_id: uuid.UUID, log_id: uuid.UUID) -> Entry | None:
    """An entry of this webhook's log, if it is there."""
    query = WebhookLog.of(tenant_id).where(WebhookLog.webhook_id == webhook_id, WebhookLog.id == log_id)
    log = db.session.scalar(query)
    if log is None:
        return None
    tries = WebhookAttempt.of(tenant_id).where(WebhookAttempt.webhook_log_id == log.id)
    return Entry(log, db.session.scalars(tries.order_by(WebhookAttempt.number, WebhookAttempt.id)).all())


def may_be_replayed(log: WebhookLog) -> bool:
    """Whether it is over, or waits so long for its next try that a person may want it now."""
    if log.completed_at is not None:
        return True
    due = log.next_attempt_at
    return bool(log.attempt_count) and due is not None and due > datetime.now(UTC) + _SOON


def is_due(log: WebhookLog) -> bool:
    """Whether its next try begins in a moment or is under way, so that it is worth looking again."""
    due = log.next_attempt_at
    return log.completed_at is None and due is not None and due <= datetime.now(UTC) + _SOON


def next_try(webhook: Webhook, log: WebhookLog) -> datetime | None:
    """When it is tried again: not before the rest of its webhook ends. None when it is over, and for a test, which is
    never repeated."""
    if log.next_attempt_at is None or log.completed_at is not None or log.event == TEST_EVENT:
        return None
    return max(log.next_attempt_at, webhook.rests_until or log.next_attempt_at)


def replay(
    tenant_id: uuid.UUID, webhook_id: uuid.UUID, log_id: uuid.UUID, *, user_id: uuid.UUID | None = None
) -> WebhookLog:
    """Post one event once more, under the id it had: a receiver that has it already knows it."""
    webhook = wake(tenant_id, webhook_id)
    query = WebhookLog.of(tenant_id).where(WebhookLog.webhook_id == webhook.id, WebhookLog.id == log_id)
    log = held(query)
    if log is None:
        raise NotFound(_NOT_THERE)
    if not may_be_replayed(log):
        raise Conflict(N_("This event is on its way already."))
    for name, value in _once_more().items():
        setattr(log, name, value)
    audit.record(tenant_id, user_id, "webhook_replayed", webhook.id, log_id=str(log.id))
    on_commit(broker.ring, "deliver_webhooks")
    db.session.commit()
    return log


def failed_since(tenant_id: uuid.UUID, webhook_id: uuid.UUID, since: datetime) -> int:
    """How many events since a moment were given up, counted up to MOST_REPLAYED + 1."""
    some = _failed(tenant_id, webhook_id, since).limit(MOST_REPLAYED + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def replay_failed(
    tenant_id: uuid.UUID, webhook_id: uuid.UUID, since: datetime, *, user_id: uuid.UUID | None = None
) -> int:
    """Post what was given up since a moment once more, the oldest first, at most MOST_REPLAYED; returns how many."""
    webhook = wake(tenant_id, webhook_id)
    count = _begin_again(tenant_id, _failed(tenant_id, webhook.id, since).order_by(WebhookLog.completed_at))
    audit.record(
        tenant_id, user_id, "webhook_failures_replayed", webhook.id, since=since.isoformat(), count=count
    )
    on_commit(broker.ring, "deliver_webhooks")
    db.session.commit()
    return count


def do_wait(tenant_id: uuid.UUID, webhook_id: uuid.UUID) -> bool:
    """Whether any event waits for a try."""
    return db.session.scalar(select(_waiting(tenant_id, webhook_id).exists())) or False


def post_waiting(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None) -> int:
    """Post what waits for a try now, in the order in which it came, at most MOST_REPLAYED; returns how many."""
    webhook = wake(tenant_id, webhook_id)
    oldest = _waiting(tenant_id, webhook.id).order_by(WebhookLog.id)
    count = _begin_again(tenant_id, oldest, next_attempt_at=WebhookLog.created_at)
    audit.record(tenant_id, user_id, "webhook_waiting_posted", webhook.id, count=count)
    on_commit(broker.ring, "deliver_webhooks")
    db.session.commit()
    return count


def _of(tenant_id: uuid.UUID, webhook_id: uuid.UUID, filters: Filters) -> Select[WebhookLog]:
    query = WebhookLog.of(tenant_id).where(WebhookLog.webhook_id == webhook_id)
    if filters.event:
        query = query.where(WebhookLog.event == filters.event)
    if filters.outcome in OUTCOMES:
        query = query.where(_is(filters.outcome))
    if filters.since:
        query = query.where(WebhookLog.id >= ids.least_at(filters.since))
    return query


def _is(outcome: str) -> ColumnElement[bool]:
    waits = WebhookLog.completed_at.is_(None)
    return {
        "waiting": waits,
        "succeeded": and_(not_(waits), WebhookLog.success),
        "failed": and_(not_(waits), not_(WebhookLog.success)),
    }[outcome]


def _failed(tenant_id: uuid.UUID, webhook_id: uuid.UUID, since: datetime) -> Select[uuid.UUID]:
    """Since then the last try failed: of an event that was told three days before, as a rule. Tests are no events."""
    told = _of(tenant_id, webhook_id, Filters(outcome="failed", since=datetime.now(UTC) - REPLAYED))
    given_up = told.where(WebhookLog.completed_at >= since, WebhookLog.event != TEST_EVENT)
    return given_up.with_only_columns(WebhookLog.id)


def _waiting(tenant_id: uuid.UUID, webhook_id: uuid.UUID) -> Select[uuid.UUID]:
    """Events that wait for a try and are not under way. Tests are no events."""
    under_way = select(WebhookAttempt.id).where(
        WebhookAttempt.tenant_id == WebhookLog.tenant_id,
        WebhookAttempt.webhook_log_id == WebhookLog.id,
        WebhookAttempt.completed_at.is_(None),
    )
    waiting = _of(tenant_id, webhook_id, Filters(outcome="waiting"))
    mine = waiting.where(WebhookLog.event != TEST_EVENT, not_(under_way.exists()))
    return mine.with_only_columns(WebhookLog.id)


def _begin_again(tenant_id: uuid.UUID, in_order: Select[uuid.UUID], **columns: Any) -> int:
    """Begin a new round of tries for the first MOST_REPLAYED of these; how many they are."""
    first = in_order.limit(MOST_REPLAYED).with_for_update(skip_locked=True)
    # A materialised choice: without it the planner may run the inner query again and choose more.
    chosen = first.cte("chosen").prefix_with("materialized")
    mine = (WebhookLog.tenant_id == tenant_id, WebhookLog.id.in_(select(chosen.c.id)))
    return rows_changed(update(WebhookLog).where(*mine).values(**_once_more() | columns))


def _once_more() -> dict[str, Any]:
    """A round of tries from the beginning; the numbers of the tries go on."""
    counts = {"failed_count": 0, "unknown_count": 0}
    return {"next_attempt_at": func.now(), "completed_at": None, "success": False, **counts}
