"""Statuses: whatever their order and number, each recipient ends where the provider's news put them."""

from datetime import UTC, datetime

from flask import Flask
from webapp.db import db

from tests.callbacks import (
    BEGAN,
    arrive,
    history,
    inbox,
    make_running,
    recipients,
    send,
    status_of,
    statuses_of,
)
from tests.campaigning import check_counts, statuses
from tests.people import Person


def test_a_message_goes_from_accepted_to_read_with_the_times_of_its_own_news(
    app: Flask, owner: Person
) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    first, *_ = recipients(campaign)
    told = [status_of(first, name, at=at) for name, at in (("sent", 1), ("delivered", 3), ("read", 60))]
    arrive(app, instance, *(statuses_of(instance, item) for item in told))
    assert statuses(campaign) == {"read": 1, "accepted": 2}
    times = [first.sent_at, first.delivered_at, first.read_at]
    assert times == [datetime.fromtimestamp(BEGAN + at, UTC) for at in (1, 3, 60)]
    assert [row.status for row in history(owner.tenant_id)].count("read") == 1
    check_counts(campaign)
    assert all(row.applied_at and row.error is None for row in inbox(owner.tenant_id))
