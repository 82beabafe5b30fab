"""The dashboard: what to do first while there is nothing, then what runs now and what came of the last."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import format_date

from webapp.services import dashboard
from webapp.services.campaigns import reasons
from webapp.services.campaigns.figures import segments
from webapp.views.guard import here

bp = Blueprint("dashboard", __name__)


@bp.get("/")
def index():
    steps = dashboard.first_steps(here().tenant.id)
    return render_template("dashboard/index.html", steps=steps, **_now())


@bp.get("/dashboard/now")
def now():
    """The fragment that asks for itself: quickly while something is being sent."""
    return render_template("dashboard/now.html", **_now())


def _now() -> dict[str, Any]:
    tenant = here().tenant
    running, scheduled = dashboard.running(tenant.id), dashboard.scheduled(tenant.id)
    ended, trouble = dashboard.ended(tenant.id), dashboard.trouble(tenant.id)
    days = dashboard.last_days(tenant.id, tenant.time_zone)
    return {
        "running": running,
        "scheduled": scheduled,
        "ended": ended,
        "bars": {campaign.id: segments(campaign) for campaign in (*running, *ended)},
        "stuck_numbers": [
            (number, reasons.of_number(number.status, number.check_result)) for number in trouble.numbers
        ],
        "unheard_numbers": trouble.unheard,
        "unheard": reasons.UNHEARD,
        "stuck_campaigns": [(one, reasons.of_stop(one.paused_reason)) for one in trouble.campaigns],
        "days": [{"label": format_date(day.day, "EEE d"), "parts": day.parts} for day in days],
    }
