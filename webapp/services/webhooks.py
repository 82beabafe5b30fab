"""Webhooks: the addresses of a tenant that are told of its events."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Unpack

from sqlalchemy import func, select

from webapp import broker, vault
from webapp.db import db, on_commit
from webapp.domain import as_json, ids
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.domain.events import TEST_EVENT
from webapp.models.tenants import Tenant
from webapp.models.webhooks import Webhook, WebhookLog
from webapp.services import audit, webhook_fields, webhook_secrets
from webapp.services.events import emit
from webapp.services.locks import held
from webapp.services.pages import Page, has_part, page
from webapp.services.webhook_fields import Typed

__all__ = ["Typed"]

# Each event is kept and posted once for each webhook that wants it.
MOST: Final = 100
MOST_TESTS_A_MINUTE: Final = 10
FULL: Final = N_("There are %(most)d webhooks already. Delete one that nobody needs first.")


def described(webhook: Webhook) -> dict[str, Any]:
    """The webhook as events and the API tell it; its secret is told to nobody."""
    return {
        "id": str(webhook.id),
        "name": webhook.name,
        "url": webhook.url,
        "description": webhook.description,
        "events": list(webhook.events),
        "isActive": webhook.is_active,
        "disabledReason": webhook.disabled_reason,
        "createdAt": webhook.created_at.isoformat(),
        "updatedAt": webhook.updated_at.isoformat(),
    }


def state(webhook: Webhook) -> str:
    """active, resting (for a while, after many failures), inactive (a person paused it) or disabled (it was switched
    off because it only failed or is gone)."""
    if webhook.is_active:
        rests = webhook.rests_until is not None and webhook.rests_until > datetime.now(UTC)
        return "resting" if rests else "active"
    return "disabled" if webhook.disabled_reason else "inactive"


def listed(tenant_id: uuid.UUID, *, q: str = "", deleted: bool = False, **keys: Any) -> Page[Webhook]:
    """One page of webhooks, newest first; `q` is a part of the name."""
    query = Webhook.of(tenant_id, deleted=deleted)
    if q.strip():
        query = query.where(has_part(Webhook.name, q))
    return page(query, Webhook.id, **keys)


def get(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, deleted: bool = False) -> Webhook:
    return _there(db.session.scalar(Webhook.of(tenant_id, deleted=deleted).where(Webhook.id == webhook_id)))


def create(
    tenant_id: uuid.UUID, *, user_id: uuid.UUID | None = None, **typed: Unpack[Typed]
) -> tuple[Webhook, str]:
    """Make a webhook; returns it and its signing secret, which is shown this once."""
    columns = webhook_fields.clean(webhook_fields.DEFAULTS | typed)
    if _is_full(tenant_id):
        raise Invalid("", FULL, most=MOST)
    secret = webhook_secrets.fresh()
    webhook = Webhook(id=db.session.scalars(select(func.uuidv7())).one(), tenant_id=tenant_id, **columns)
    webhook_secrets.seal(webhook, secret)
    db.session.add(webhook)
    db.session.flush()
    _told(webhook, "webhook_created", "webhook_added", user_id)
    return webhook, secret


def update(
    tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None, **typed: Unpack[Typed]
) -> Webhook:
    """Change a webhook. What is on its way already goes to the new address with its next try."""
    columns = webhook_fields.clean(typed)
    webhook = _held(tenant_id, webhook_id)
    changed = sorted(name for name, value in columns.items() if getattr(webhook, name) != value)
    if not changed:
        db.session.commit()
        return webhook
    for name in changed:
        setattr(webhook, name, columns[name])
    if "is_active" in changed or ("url" in changed and webhook.is_active):
        _forget_failures(webhook)
    return _told(webhook, "webhook_updated", "webhook_changed", user_id, fields=changed)


def pause(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None) -> Webhook:
    """Post nothing more to a webhook. Events of the meantime are not kept for it; what waited goes on waiting."""
    webhook = _held(tenant_id, webhook_id)
    if not webhook.is_active:
        raise Conflict(N_("This webhook is paused already."))
    webhook.is_active = False
    return _told(webhook, "webhook_updated", "webhook_paused", user_id)


def resume(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None) -> Webhook:
    """Let a webhook go on, whoever stopped it."""
    webhook = _held(tenant_id, webhook_id)
    if webhook.is_active:
        raise Conflict(N_("This webhook is active already."))
    webhook.is_active = True
    _forget_failures(webhook)
    return _told(webhook, "webhook_updated", "webhook_resumed", user_id)


def remove(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None) -> Webhook:
    """Move a webhook to the trash: nothing more is posted to it."""
    webhook = _held(tenant_id, webhook_id)
    webhook.deleted_at = func.now()
    return _told(webhook, "webhook_deleted", "webhook_removed", user_id)


def restore(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None) -> Webhook:
    """Bring a webhook back from the trash as it was; what still waited for it is posted."""
    webhook = _held(tenant_id, webhook_id, deleted=True)
    if _is_full(tenant_id):
        raise Conflict(FULL, most=MOST)
    webhook.deleted_at = None
    return _told(webhook, "webhook_created", "webhook_restored", user_id)


def reveal_secret(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID) -> tuple[Webhook, str]:
    """The signing secret once more, for somebody who has just proved to be there; who saw it is written down."""
    webhook = get(tenant_id, webhook_id)
    try:
        secret = webhook_secrets.open_secret(webhook)
    except vault.Unreadable:
        raise Conflict(N_("The secret can not be read any more. Make a new one.")) from None
    audit.record(tenant_id, user_id, "webhook_secret_shown", webhook.id)
    db.session.commit()
    return webhook, secret


def regenerate_secret(
    tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None
) -> tuple[Webhook, str]:
    """Make another signing secret and return it; the one before signs beside it for 24 hours more, as was promised:
    until then there is no third."""
    webhook = _held(tenant_id, webhook_id)
    _refuse_a_third_secret(webhook)
    secret = webhook_secrets.fresh()
    webhook_secrets.replace(webhook, secret)
    _told(webhook, "webhook_updated", "webhook_secret_replaced", user_id)
    return webhook, secret


def end_old_secret(
    tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None
) -> Webhook:
    """Sign with the present secret alone from now on: a receiver that has the one before refuses posts."""
    webhook = _held(tenant_id, webhook_id)
    if not webhook_secrets.are_two(webhook):
        raise Conflict(N_("Only one secret signs already."))
    webhook.previous_secret = webhook.previous_secret_until = None
    return _told(webhook, "webhook_updated", "webhook_old_secret_ended", user_id)


def send_test(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, user_id: uuid.UUID | None = None) -> WebhookLog:
    """Have a made-up event posted to a webhook, before all that waits for it and though it rests; its log says how
    that went."""
    webhook = _listening(tenant_id, webhook_id)
    _keep_below_most_tests(webhook)
    log_id = db.session.scalars(select(func.uuidv7())).one()
    log = WebhookLog(
        id=log_id,
        tenant_id=tenant_id,
        webhook_id=webhook.id,
        event=TEST_EVENT,
        payload=_test_body(webhook, log_id),
        next_attempt_at=func.now() - timedelta(days=30),
    )
    db.session.add(log)
    audit.record(tenant_id, user_id, "webhook_tested", webhook.id)
    on_commit(broker.ring, "deliver_webhooks")
    db.session.commit()
    return log


def wake(tenant_id: uuid.UUID, webhook_id: uuid.UUID) -> Webhook:
    """The webhook with its row locked, and its rest over for one try that decides about the others: a person wants
    something posted now. Commits nothing."""
    webhook = _listening(tenant_id, webhook_id)
    if state(webhook) == "resting":
        webhook.rests_until, webhook.rest_count = func.now(), max(webhook.rest_count, 1)
    return webhook


def _refuse_a_third_secret(webhook: Webhook) -> None:
    """Of two that sign the receiver may have either; where the present one is lost nothing is signed anyway."""
    if not webhook_secrets.are_two(webhook) or not webhook_secrets.is_readable(webhook):
        return
    until = webhook.previous_secret_until
    assert until is not None
    raise Conflict(
        N_(
            "Until %(until)s two secrets sign, so that the receiver may have either. Another is made after that, or "
            "once the old one is ended."
        ),
        until=until.replace(microsecond=0),
    )


def _test_body(webhook: Webhook, log_id: uuid.UUID) -> dict[str, Any]:
    return {
        "id": str(log_id),
        "type": TEST_EVENT,
        "timestamp": as_json.now(),
        "tenantId": str(webhook.tenant_id),
        "sequence": 0,
        "payload": {"webhookId": str(webhook.id), "name": webhook.name},
    }


def _told(webhook: Webhook, event: str, action: str, user_id: uuid.UUID | None, **details: Any) -> Webhook:
    """Tell of a change, which also wakes delivery, write it down and commit it."""
    db.session.flush()
    emit(webhook.tenant_id, event, webhook.id, described(webhook))
    audit.record(webhook.tenant_id, user_id, action, webhook.id, **details)
    db.session.commit()
    return webhook


def _listening(tenant_id: uuid.UUID, webhook_id: uuid.UUID) -> Webhook:
    """The webhook with its row locked, if anything is posted to it at all."""
    webhook = _held(tenant_id, webhook_id)
    if not webhook.is_active:
        raise Conflict(N_("Nothing is posted while a webhook is stopped. Resume it first."))
    return webhook


def _forget_failures(webhook: Webhook) -> None:
    """Whoever lets a webhook go on has mended it: it is judged anew."""
    webhook.disabled_reason = webhook.disabled_at = webhook.failing_since = None
    webhook.rest_count, webhook.rests_until = 0, func.now()


def _held(tenant_id: uuid.UUID, webhook_id: uuid.UUID, *, deleted: bool = False) -> Webhook:
    """The webhook with its row locked: people, and delivery that switches it off, write into it at once."""
    return _there(held(Webhook.of(tenant_id, deleted=deleted).where(Webhook.id == webhook_id)))


def _there(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise NotFound(N_("There is no such webhook."))
    return webhook


def _is_full(tenant_id: uuid.UUID) -> bool:
    """Locks the tenant's row, so that of two who make the last one only one does."""
    db.session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))
    there = select(func.count()).select_from(Webhook.of(tenant_id).subquery())
    return (db.session.scalar(there) or 0) >= MOST


def _keep_below_most_tests(webhook: Webhook) -> None:
    a_minute_ago = ids.least_at(datetime.now(UTC) - timedelta(minutes=1))
    recent = WebhookLog.of(webhook.tenant_id).where(
        WebhookLog.webhook_id == webhook.id, WebhookLog.event == TEST_EVENT, WebhookLog.id >= a_minute_ago
    )
    if (db.session.scalar(select(func.count()).select_from(recent.subquery())) or 0) >= MOST_TESTS_A_MINUTE:
        raise Conflict(N_("These were many tests. Wait a minute, then test again."))
