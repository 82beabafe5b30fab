"""Health of webhooks: the machine switches one off that is gone, or that does nothing but fail."""

import uuid

from sqlalchemy import func

from webapp.db import db
from webapp.models.webhooks import Webhook
from webapp.services import audit, webhooks
from webapp.services.events import emit
from webapp.services.locks import held


def switch_off(
    tenant_id: uuid.UUID, webhook_id: uuid.UUID, reason: str, url: str | None = None
) -> Webhook | None:
    """Post nothing more to a webhook until a person lets it go on; None when somebody was quicker.

    Args:
        reason: gone or failing, as the page explains it to its owner.
        url: only while this is its address.
    """
    query = Webhook.of(tenant_id).where(Webhook.id == webhook_id, Webhook.is_active)
    webhook = held(query.where(Webhook.url == url) if url else query)
    if webhook is None:
        db.session.rollback()
        return None
    webhook.is_active = False
    webhook.disabled_at = func.now()
    webhook.disabled_reason = reason
    db.session.flush()
    emit(tenant_id, "webhook_updated", webhook.id, webhooks.described(webhook))
    audit.record(tenant_id, None, "webhook_switched_off", webhook.id, reason=reason)
    db.session.commit()
    return webhook
