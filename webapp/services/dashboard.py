"""The dashboard: what to do first, what runs, what comes next, what came of the last, and what is wrong."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select

from webapp.db import db
from webapp.domain import schedule
from webapp.models.campaigns import COUNTS, Campaign
from webapp.models.contacts import Contact
from webapp.models.groups import Group
from webapp.models.message_templates import MessageTemplate
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import heard
from webapp.services.campaigns.figures import segments

DAYS: Final = 7
_LAST: Final = 5
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What a tenant needs before its first campaign, and what of it is there."""

    number: bool
    contacts: bool
    group: bool
    template: bool
    campaign: bool

    @property
    def are_done(self) -> bool:
        """The first campaign is the last step; whoever has sent one needs no list."""
        return self.campaign


@dataclass(frozen=True, slots=True)
class Trouble:
    """Numbers that can not send, campaigns that stand still, and numbers whose callbacks nobody can believe."""

    numbers: list[WhatsAppInstance] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    unheard: list[WhatsAppInstance] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.numbers or self.campaigns or self.unheard)


@dataclass(frozen=True, slots=True)
class Day:
    """The messages of the campaigns that began on a day, by segment of the bar."""

    day: date
    parts: dict[str, int]


def first_steps(tenant_id: uuid.UUID) -> FirstSteps:
    """Which of the first steps are done."""
    return FirstSteps(
        number=_is_any(WhatsAppInstance.of(tenant_id)),
        contacts=_is_any(Contact.of(tenant_id)),
        group=_is_any(Group.of(tenant_id)),
        template=_is_any(MessageTemplate.of(tenant_id)),
        campaign=_is_any(Campaign.of(tenant_id).where(Campaign.started_at.is_not(None))),
    )


def running(tenant_id: uuid.UUID) -> list[Campaign]:
    """What is being sent or prepared now, the oldest first."""
    at_work = Campaign.of(tenant_id).where(Campaign.status.in_(("preparing", "running")))
    return _some(at_work.order_by(Campaign.started_at, Campaign.id))


def scheduled(tenant_id: uuid.UUID) -> list[Campaign]:
    """What waits for its time, the next one first."""
    waiting = Campaign.of(tenant_id).where(Campaign.status == "scheduled")
    return _some(waiting.order_by(Campaign.scheduled_at, Campaign.id))


def ended(tenant_id: uuid.UUID) -> list[Campaign]:
    """The last campaigns that are over."""
    over = Campaign.of(tenant_id).where(
        Campaign.status.in_(("completed", "cancelled", "failed")), Campaign.started_at.is_not(None)
    )
    return _some(over.order_by(Campaign.completed_at.desc(), Campaign.id.desc()), _LAST)


def trouble(tenant_id: uuid.UUID) -> Trouble:
    """What stands still until a person does something."""
    stuck = WhatsAppInstance.of(tenant_id).where(WhatsAppInstance.status.in_(("paused", "refused")))
    paused = Campaign.of(tenant_id).where(Campaign.status == "paused")
    return Trouble(
        _some(stuck.order_by(WhatsAppInstance.id)),
        _some(paused.order_by(Campaign.id.desc())),
        heard.doubtful(tenant_id),
    )


def last_days(tenant_id: uuid.UUID, zone: str) -> list[Day]:
    """The last seven days of that zone, today included. Reads the campaigns, not their messages."""
    today = datetime.now(UTC).astimezone(schedule.zone(zone)).date()
    first = today - timedelta(days=DAYS - 1)
    began = func.date(func.timezone(zone, Campaign.started_at))
    rows = db.session.execute(
        select(began.label("day"), *(func.sum(getattr(Campaign, count)).label(count) for count in _SUMMED))
        .where(Campaign.tenant_id == tenant_id, Campaign.started_at >= _midnight(first, zone))
        .group_by(began)
    )
    parts = {row.day: {name: n for name, n in segments(row).items() if name in _DRAWN} for row in rows}
    return [Day(day, parts.get(day, {})) for day in (first + timedelta(days=n) for n in range(DAYS))]


_SUMMED: Final = ("total_recipients", *COUNTS)
_DRAWN: Final = ("read", "delivered", "sent", "uncertain", "failed")


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=schedule.zone(zone))


def _is_any(query: Select[Any]) -> bool:
    return db.session.scalar(query.limit(1)) is not None


def _some(query: Select[Any], most: int = _MOST) -> list[Any]:
    return list(db.session.scalars(query.limit(most)))
