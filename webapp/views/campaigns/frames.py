"""Frames: the fragments of a campaign's page, for the page, for its poll and for its socket alike."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app, g, render_template

from webapp.domain import schedule
from webapp.services.audience import TWICE
from webapp.services.campaigns import reasons
from webapp.services.live.watch import State
from webapp.views.campaigns.beside import LEFT_OUT
from webapp.views.campaigns.times import said, short
from webapp.views.guard import here
from webapp.views.permissions import allowed

# Each has one root, whose id is the name it stands under.
FRAGMENTS: Final = {
    f"campaign-{name}": f"campaigns/live/{name}.html"
    for name in ("status", "notice", "bar", "stats", "chart", "reasons", "left-out", "facts", "waiting")
}

# What stands in the dialog of an act is only sent to whoever may do it: the others have no place for it.
_BELONGS_TO: Final = {"campaign-waiting": "campaigns.cancel"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is the same in these sees the same frame. Stands in for the visitor while one is drawn, so that
    nothing of a person can get into what others see."""

    app: Flask
    role: str
    locale: str
    time_zone: str

    @classmethod
    def here(cls) -> "Reader":
        tenant = here().tenant
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        return cls(app, here().role, tenant.locale, tenant.time_zone)

    @property
    def tenant(self) -> "Reader":
        return self

    def can(self, endpoint: str) -> bool:
        return endpoint in self.app.view_functions and allowed(endpoint, self.role)

    def draw(self, state: State) -> dict[str, str]:
        """Each fragment by its id, as it goes into an open page. Asks no database."""
        # A context of its own: a request context alone would share `g`, and the visitor, of whoever calls.
        with self.app.app_context(), self.app.test_request_context():
            g.visitor = self
            return drawn(state)


def drawn(state: State) -> dict[str, str]:
    """The fragments for the present visitor, to be put in by their ids."""
    around = seen(state)
    return {
        name: render_template(template, oob=True, **around)
        for name, template in FRAGMENTS.items()
        if name not in _BELONGS_TO or g.visitor.can(_BELONGS_TO[name])
    }


def seen(state: State) -> dict[str, Any]:
    """What the fragments show, in words where there are words for it."""
    figures, left = state.figures, state.seconds_left
    took = figures.took_seconds
    return {
        "state": state,
        "figures": figures,
        "left": None if left is None else short(left),
        "done_by": None
        if left is None
        else said(schedule.done_by(state.now, left, g.visitor.tenant.time_zone)),
        "took": None if took is None else short(took),
        "stop": reasons.of_stop(figures.paused_reason) if figures.paused_reason else None,
        "slowed": _slowed(state),
        "held": reasons.NUMBER_HELD if state.is_held else None,
        "failures": reasons.failures(figures.failures),
        "in_doubt": reasons.UNCERTAIN,
        "unheard": reasons.UNHEARD,
        "left_out": [
            (count, *LEFT_OUT[code][1:])
            for code, count in figures.excluded.items()
            if code in LEFT_OUT and code != TWICE
        ],
        "repeated": figures.excluded.get(TWICE, 0),
    }


def _slowed(state: State) -> dict[str, Any] | None:
    """Why it is slower than its number may be, until it has recovered."""
    slowed, share = state.figures.slowed, state.slowed_to
    if slowed is None or share is None or state.sender is None:
        return None
    most = state.sender.messages_per_second
    return {
        "to": max(1, round(most * slowed.factor)),
        "at": slowed.at,
        "why": reasons.of_slowness(slowed.code),
        "now": max(1, round(most * share)),
        "most": most,
        "until": slowed.since if share == 0 else None,
    }
