"""Where one is in the wizard."""

from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _

from webapp.domain.errors import N_
from webapp.services.campaigns import review

LABELS: Final = {
    "number": N_("Name and number"),
    "audience": N_("Audience"),
    "message": N_("Message"),
    "schedule": N_("Schedule"),
    "review": N_("Review"),
}
ORDER: Final = tuple(LABELS)


def after(step: str) -> str:
    return ORDER[ORDER.index(step) + 1]


def before(step: str) -> str | None:
    return ORDER[ORDER.index(step) - 1] if step != ORDER[0] else None


def steps(campaign: Any, current: str) -> list[dict[str, Any]]:
    """For the row of steps: any step of a draft may be opened at any time; what lacks something is not done."""
    lacking = {refusal.field for refusal in review.missing(campaign)} if campaign else set(ORDER)
    reached = ORDER.index(campaign.wizard_step) if campaign else 0
    return [
        {
            "label": _(label),
            "url": campaign and url_for("campaigns.step", campaign_id=campaign.id, step=name),
            "state": "current" if name == current else _state(place < reached and name not in lacking),
        }
        for place, (name, label) in enumerate(LABELS.items())
    ]


def _state(is_done: bool) -> str:
    return "done" if is_done else "todo"
