"""Watch: a campaign that somebody looks at, and what its page shows at a moment."""

import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from webapp import broker
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign, CampaignSample
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import counts, heard, slowness
from webapp.services.campaigns.figures import Figures
from webapp.services.live.pace import CHART_OVER, Pace, Sample

# Half a chart's step: what is older than the chart's beginning by this is in no drawing.
_KEEP: Final = CHART_OVER + timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Sender:
    """The number that sends. `is_held` says that it lets nothing go, `is_unheard` that callbacks arrive which are
    not signed with its app secret."""

    id: uuid.UUID
    name: str
    phone_number: str
    messages_per_second: int
    is_held: bool
    is_unheard: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a campaign's page shows at `now`. `rate` is messages a second, `seconds_left` is None when nobody
    can tell, `chart` holds messages a second, of the last minutes or, once it is over, of the whole run."""

    figures: Figures
    now: datetime
    rate: float
    seconds_left: float | None
    chart: list[float]
    sender: Sender | None

    @property
    def is_held(self) -> bool:
        """It runs, and yet nothing leaves."""
        return self.figures.status == "running" and (self.sender is None or self.sender.is_held)

    @property
    def slowed_to(self) -> float | None:
        """The share of its pace that the number has now, 0 while it waits; None when it is as fast as it may."""
        slowed = self.figures.slowed
        share = slowed.share(self.now) if slowed and self.figures.status == "running" else 1.0
        return share if share < 1 else None


@dataclass(slots=True)
class Watch:
    """The latest figures, how they came about, and when (monotonic) they were taken."""

    tenant_id: uuid.UUID
    figures: Figures
    pace: Pace
    sender: Sender | None
    taken_at: float = field(default_factory=time.monotonic)

    def take(self, figures: Figures) -> None:
        """Newer figures. Older ones, which came late, change nothing."""
        if figures.at < self.figures.at:
            return
        self.figures = figures
        self.taken_at = time.monotonic()
        if not figures.is_over:
            self.pace.add(figures.at, figures.sent_count)
            self.pace.forget(figures.at - _KEEP)

    def renew(self, fresh: "Watch") -> None:
        """What PostgreSQL says. Our own samples lie closer together than its, until the campaign is over."""
        if fresh.figures.is_over:
            self.pace = fresh.pace
        self.sender = fresh.sender
        self.take(fresh.figures)

    def state(self) -> State:
        """What to show now. While nothing comes in the time goes on, so that the rate falls."""
        now = self.figures.at + timedelta(seconds=time.monotonic() - self.taken_at)
        is_running = self.figures.status == "running"
        return State(
            figures=self.figures,
            now=now,
            rate=self.pace.rate(now) if is_running else _average(self.figures),
            seconds_left=_seconds_left(self.figures, self.pace.rate(now)) if is_running else None,
            chart=self._chart(now),
            sender=self.sender,
        )

    def _chart(self, now: datetime) -> list[float]:
        began, ended = self.figures.started_at, self.figures.completed_at
        if self.figures.is_over:
            return self.pace.whole(began, ended) if began and ended else []
        return self.pace.recent(now) if began else []


def load(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Watch | None:
    """The campaign as PostgreSQL has it now; None when it is gone. Gives the connection back."""
    act_for(tenant_id)
    try:
        told = counts.read(tenant_id, campaign_id)
        if told is None:
            return None
        slowed = slowness.of(broker.redis(), told["whatsapp_instance_id"])
        figures = replace(Figures.of(told), slowed=slowed)
        samples = _samples(tenant_id, figures)
        return Watch(tenant_id, figures, Pace.of(samples), _sender(tenant_id, campaign_id))
    finally:
        db.session.commit()


def _sender(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Sender | None:
    number = db.session.scalar(
        select(WhatsAppInstance)
        .join(Campaign, Campaign.whatsapp_instance_id == WhatsAppInstance.id)
        .where(
            WhatsAppInstance.tenant_id == tenant_id,
            Campaign.tenant_id == tenant_id,
            Campaign.id == campaign_id,
        )
    )
    if number is None:
        return None
    is_held = number.status == "paused" or number.deleted_at is not None
    is_unheard = heard.of(number.id).is_doubtful
    return Sender(
        number.id, number.name, number.phone_number, number.messages_per_second, is_held, is_unheard
    )


def _samples(tenant_id: uuid.UUID, figures: Figures) -> list[Sample]:
    began = figures.started_at
    if began is None:
        return []
    since = began if figures.is_over else max(began, figures.at - _KEEP)
    until = figures.completed_at if figures.is_over and figures.completed_at else figures.at
    rows = db.session.execute(
        select(CampaignSample.at, CampaignSample.sent_count)
        .where(
            CampaignSample.tenant_id == tenant_id,
            CampaignSample.campaign_id == figures.id,
            CampaignSample.at.between(since, until),
        )
        .order_by(CampaignSample.at)
    ).all()
    first = [(began, 0)] if since == began else []
    return [*first, *((row.at, row.sent_count) for row in rows), (until, figures.sent_count)]


def _seconds_left(figures: Figures, rate: float) -> float | None:
    """By the present rate, and by how many of those who were tried were sent to so far."""
    tried = figures.sent_count + figures.failed_count + figures.uncertain_count
    if rate <= 0 or not figures.sent_count:
        return None
    return figures.waiting / (rate * tried / figures.sent_count)


def _average(figures: Figures) -> float:
    took = figures.took_seconds
    return 0.0 if took is None else figures.sent_count / max(1.0, took)
