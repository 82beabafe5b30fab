"""The last day of a webhook, as its page draws it."""

from datetime import UTC, datetime, timedelta

from tests.people import Person
from tests.webhooks import make_minute, make_webhook
from webapp.services import webhook_days


def test_the_last_day_is_drawn_in_half_hours(owner: Person) -> None:
    webhook, other = make_webhook(owner.tenant_id), make_webhook(owner.tenant_id)
    now = datetime.now(UTC)
    make_minute(webhook, now - timedelta(hours=25), 1000, 1000)
    make_minute(webhook, now - timedelta(hours=3), 6, 3, mean_ms=200)
    make_minute(webhook, now, 4, 0, mean_ms=100)
    make_minute(other, now, 7, 7)
    day = webhook_days.last_day(owner.tenant_id, webhook.id)
    assert len(day.spans) == 48
    assert [span.at.minute % 30 for span in day.spans] == [0] * 48
    last = day.spans[-1]
    assert last.at <= now < last.at + webhook_days.STEP
    assert (last.tries, last.share, last.mean_ms) == (4, 1.0, 100.0)
    assert (day.whole.tries, day.whole.share, day.whole.mean_ms) == (10, 0.7, 160.0)
    assert sum(span.tries > 0 for span in day.spans) == 2
    assert day.spans[0].share is None


def test_who_does_not_answer_is_neither_fast_nor_slow(owner: Person) -> None:
    webhook, silent = make_webhook(owner.tenant_id), make_webhook(owner.tenant_id)
    now = datetime.now(UTC)
    make_minute(webhook, now, 4, 2, mean_ms=200, unanswered=2)
    make_minute(silent, now, 3, 3, unanswered=3)
    whole = webhook_days.last_day(owner.tenant_id, webhook.id).whole
    assert (whole.tries, whole.answered, whole.mean_ms) == (4, 2, 200.0)
    assert webhook_days.last_day(owner.tenant_id, silent.id).whole.mean_ms is None


def test_a_list_shows_the_share_of_each(owner: Person) -> None:
    good, bad, idle = (make_webhook(owner.tenant_id) for _ in range(3))
    now = datetime.now(UTC)
    make_minute(good, now, 10)
    make_minute(good, now - timedelta(hours=30), 10, 10)
    make_minute(bad, now - timedelta(hours=2), 4, 3)
    shares = webhook_days.shares(owner.tenant_id, [good.id, bad.id, idle.id])
    assert {key: span.share for key, span in shares.items()} == {good.id: 1.0, bad.id: 0.25}


def test_nobody_sees_the_day_of_a_strangers_webhook(owner: Person, stranger: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    make_minute(webhook, datetime.now(UTC), 5)
    assert webhook_days.shares(stranger.tenant_id, [webhook.id]) == {}
    assert webhook_days.last_day(stranger.tenant_id, webhook.id).whole.tries == 0
