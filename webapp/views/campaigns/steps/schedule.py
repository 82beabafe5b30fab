"""Schedule: as soon as it is started, or at a time."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, render_template

from webapp.domain import schedule
from webapp.domain.errors import Invalid
from webapp.forms.campaigns import ScheduleForm
from webapp.services.campaigns import drafts
from webapp.views.campaigns import times
from webapp.views.guard import here
from webapp.views.shared import words


def form(campaign: Any) -> ScheduleForm:
    zone = campaign.time_zone or here().tenant.time_zone
    at = campaign.scheduled_at
    data = {"when": "later" if at else "now", "scheduled_at": at and times.local(at, zone), "time_zone": zone}
    return ScheduleForm(data=data).offer()


def save(campaign: Any, form: ScheduleForm):
    saved, note = drafts.set_schedule(
        campaign.tenant_id, campaign.id, local=form.local, time_zone=form.time_zone.data
    )
    if note:
        flash(words(note), "warn")
    return saved


def around(campaign: Any, form: ScheduleForm) -> dict[str, Any]:
    """What the chosen time is on other clocks, as far as it is one."""
    if form.local is None:
        return {"moment": None, "clock_shown": None, "refusal": None}
    zone = form.time_zone.data or ""
    try:
        moment = schedule.instant(form.local, zone, datetime.now(UTC))
    except Invalid as refusal:
        return {"moment": None, "clock_shown": None, "refusal": refusal}
    return {"moment": moment, "clock_shown": times.clock(moment.at, zone), "refusal": None}


def part(campaign: Any, form: ScheduleForm) -> str:
    """The answer to htmx while somebody chooses a time."""
    return render_template("campaigns/moment.html", **around(campaign, form))
