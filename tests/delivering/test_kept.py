"""How long the log of a webhook is kept, in every tenant."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from tests.delivering.rig import endpoint, keys, logs
from tests.people import Person
from tests.webhooks import make_attempt, make_log, make_minute
from webapp.db import act_for, as_owner, db
from webapp.models.webhooks import Webhook, WebhookAttempt, WebhookMinute
from webapp.services import retention


def age(days: int) -> None:
    db.session.rollback()
    with as_owner() as connection:
        connection.execute(
            text("update webhook_logs set created_at = now() - make_interval(days => :days)"), {"days": days}
        )


def test_entries_go_with_their_tries_after_thirty_days(owner: Person, stranger: Person) -> None:
    webhooks: list[Webhook] = []
    for person in (owner, stranger):
        act_for(person.tenant_id)
        webhooks.append(endpoint(person.tenant_id, "http://127.0.0.1:2000/"))
        make_attempt(make_log(webhooks[-1], "failed"))
        make_log(webhooks[-1], "pending")
    age(29)
    retention.forget_old()
    assert [len(logs(webhook)) for webhook in webhooks] == [2, 2]
    age(31)
    retention.forget_old()
    for webhook in webhooks:
        assert logs(webhook) == []
        tenant_id, _ = keys(webhook)
        left = select(func.count()).select_from(WebhookAttempt).where(WebhookAttempt.tenant_id == tenant_id)
        assert db.session.scalar(left) == 0


def test_minutes_go_after_two_days(owner: Person) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    now = datetime.now(UTC)
    for hours in (1, 47, 49, 100):
        make_minute(webhook, now - timedelta(hours=hours), 10)
    retention.forget_old()
    kept = select(func.count()).select_from(WebhookMinute).where(WebhookMinute.tenant_id == owner.tenant_id)
    assert db.session.scalar(kept) == 2
