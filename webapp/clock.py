"""The clock: all timing. It looks for what is due, what was dropped and what is over; two clocks do no harm."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from webapp.delivering import rounds as deliveries
from webapp.sending import continuity, rounds
from webapp.services import bells, events, progress, retention, sessions, shown_once
from webapp.services.campaigns import breaker, moves
from webapp.services.receiving import leftovers

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.5


@dataclass(slots=True)
class Round:
    """Something to look after every so many seconds."""

    act: Callable[[], object]
    every: float
    next_at: float = 0


def run(app: Flask) -> None:
    """Go round until SIGTERM or SIGINT. A round that fails is logged and tried again at its next time."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with app.app_context():
        looked_after = all_rounds()
    while not stop.wait(TICK_SECONDS):
        tick(app, looked_after, time.monotonic())


def all_rounds() -> list[Round]:
    sweep_seconds = current_app.config["CRIER"].sweep_seconds
    return [
        Round(continuity.check, 15),  # before anything is started that was started before
        Round(start_due, 1),
        Round(rounds.sweep_all, min(1, sweep_seconds)),
        Round(fold, 1),
        Round(stop_failing, 1),
        Round(finish, 1),
        Round(ring_again, 2),
        Round(bells.ring_forgotten, 2),
        Round(deliveries.ring_due, 1),
        Round(bells.clean_registries, 15),
        Round(bells.check_after_moving, 15),
        Round(deliveries.switch_off_failing, 60),
        Round(leftovers.forget_old, 60),
        Round(sessions.forget_old, 300),
        Round(shown_once.forget_old, 300),
        Round(retention.forget_old, 300),
    ]


def tick(app: Flask, looked_after: list[Round], now: float) -> None:
    """Do every round whose time has come, each in a context of its own."""
    for one in looked_after:
        if now < one.next_at:
            continue
        one.next_at = now + one.every
        with app.app_context():
            try:
                one.act()
            except Exception:
                log.exception("round_failed")


def start_due() -> None:
    """Scheduled campaigns start; those missed by too much are held, and a person is asked."""
    for found in rounds.due():
        rounds.call(moves.hold_missed if found.status == "late" else moves.start_scheduled, found)


def ring_again() -> None:
    """Bells of planners and senders that were lost."""
    for found in rounds.preparing():
        bells.ring("plan_campaign", found.tenant_id, found.campaign_id)
    if rounds.has_work():
        bells.ring("send_slice")


def fold() -> None:
    """Counts go into the campaigns, and those who watch see them."""
    moved = rounds.fold_all()
    for found in moved:
        rounds.call(progress.publish, found)
    for tenant_id in {found.tenant_id for found in moved}:
        events.tell(tenant_id)


def stop_failing() -> None:
    """Campaigns of which too many fail pause, until a person looks."""
    for found in rounds.failing():
        rounds.call(breaker.trip, found)


def finish() -> None:
    """Campaigns with nobody pending are over; cancelled ones lose those who still are."""
    for found in rounds.resting():
        rounds.call(moves.cancel_waiting if found.status == "cancelled" else moves.finish, found)
