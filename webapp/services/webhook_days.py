"""Days of webhooks: how they did lately, the share of tries that succeeded and how fast the answers came."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, literal_column, select, text

from webapp.db import db
from webapp.models.webhooks import WebhookMinute

DAY: Final = timedelta(hours=24)
# One column of the chart.
STEP: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Span:
    """The tries of one stretch of time, from `at` on."""

    at: datetime
    succeeded: int = 0
    failed: int = 0
    answered: int = 0
    duration_ms: int = 0

    @property
    def tries(self) -> int:
        return self.succeeded + self.failed

    @property
    def share(self) -> float | None:
        """Of the tries those that succeeded, 0 to 1; None without any."""
        return self.succeeded / self.tries if self.tries else None

    @property
    def mean_ms(self) -> float | None:
        """How long an answer took; None without any."""
        return self.duration_ms / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class Day:
    """The last day of one webhook, the oldest span first."""

    whole: Span
    spans: Sequence[Span]


def shares(tenant_id: uuid.UUID, webhook_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Span]:
    """The last day of each of these webhooks; who was not tried is not among them."""
    since = datetime.now(UTC) - DAY
    query = (
        select(
            WebhookMinute.webhook_id,
            func.sum(WebhookMinute.tries).label("tries"),
            func.sum(WebhookMinute.failures).label("failures"),
            func.sum(WebhookMinute.answered).label("answered"),
            func.sum(WebhookMinute.duration_ms).label("duration_ms"),
        )
        .where(
            WebhookMinute.tenant_id == tenant_id,
            WebhookMinute.webhook_id.in_(webhook_ids),
            WebhookMinute.minute >= since,
        )
        .group_by(WebhookMinute.webhook_id)
    )
    return {row.webhook_id: _span(since, *row[1:]) for row in db.session.execute(query)}


def last_day(tenant_id: uuid.UUID, webhook_id: uuid.UUID) -> Day:
    """The last 24 hours of a webhook in steps of half an hour that begin with the clock's."""
    first = _step_of(datetime.now(UTC) - DAY) + STEP
    step = func.date_bin(literal_column("interval '30 minutes'"), WebhookMinute.minute, first)
    query = (
        select(
            step.label("at"),
            func.sum(WebhookMinute.tries).label("tries"),
            func.sum(WebhookMinute.failures).label("failures"),
            func.sum(WebhookMinute.answered).label("answered"),
            func.sum(WebhookMinute.duration_ms).label("duration_ms"),
        )
        .where(
            WebhookMinute.tenant_id == tenant_id,
            WebhookMinute.webhook_id == webhook_id,
            WebhookMinute.minute >= first,
        )
        .group_by(text("at"))
    )
    found = {row.at: _span(row.at, *row[1:]) for row in db.session.execute(query)}
    times = [first + number * STEP for number in range(DAY // STEP)]
    spans = [found.get(at, Span(at)) for at in times]
    return Day(_whole(first, spans), spans)


def _step_of(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 30, second=0, microsecond=0)


def _span(at: datetime, tries: int, failures: int, answered: int, duration_ms: int) -> Span:
    return Span(at, int(tries - failures), int(failures), int(answered), int(duration_ms))


def _whole(first: datetime, spans: Sequence[Span]) -> Span:
    return Span(
        first,
        sum(span.succeeded for span in spans),
        sum(span.failed for span in spans),
        sum(span.answered for span in spans),
        sum(span.duration_ms for span in spans),
    )
