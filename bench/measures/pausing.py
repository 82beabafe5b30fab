"""Pause by the button of the page, while 48 gates of the campaign let windows through as fast as they can."""

import json
import time
from typing import Final

from sqlalchemy import text

from bench import children, data
from bench.figures import Figure, Pair
from bench.run import Run
from bench.sends import Wrong
from bench.visitor import visitor
from bench.waiting import percentile
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign

GATES: Final = 48
_PAUSES: Final = 150
_WINDOWS: Final = text("select count(*) from send_windows where tenant_id = :t")


def pause(run: Run) -> list[Figure]:
    """Milliseconds until the page answers that it is paused, with 48 gates busy; then nothing passes any more."""
    run.house.empty()
    campaign = data.make_planned(run.stub.base_url, max(run.people, GATES * 1000))
    waits, windows = _press(run, campaign)
    run.say(f"{len(waits)} pauses, {windows} windows through the gates, p50 {percentile(waits, 0.5):.0f} ms")
    pairs: list[Pair] = [{"ms": round(wait, 1)} for wait in waits]
    return [Figure("pause_p99", percentile(waits, 0.99), pairs, f"{windows} windows passed meanwhile")]


def _press(run: Run, campaign: Campaign) -> tuple[list[float], int]:
    waits: list[float] = []
    gates = ("-m", "bench.gates", str(campaign.tenant_id), str(campaign.id), str(GATES))
    with run.house.web(), children.running(*gates, env=run.house.environment) as child:
        person = visitor(run.house.url, campaign.tenant_id)
        child.hear()
        child.say("go")
        for _ in range(min(_PAUSES, run.people)):
            time.sleep(0.1)
            waits.append(person.post(f"/campaigns/{campaign.id}/pause") * 1000)
            _nothing_passes(campaign)
            person.post(f"/campaigns/{campaign.id}/resume")
        child.say("stop")
        passed = int(json.loads(child.hear())["windows"])
    if not passed:
        raise Wrong("No gate let anything through, so no pause had to wait.")
    return waits, passed


def _nothing_passes(campaign: Campaign) -> None:
    before = _windows(campaign)
    time.sleep(0.03)
    if _windows(campaign) != before:
        raise Wrong("A window was recorded after the pause had returned.")


def _windows(campaign: Campaign) -> int:
    act_for(campaign.tenant_id)
    count = db.session.scalar(_WINDOWS, {"t": campaign.tenant_id})
    db.session.rollback()
    return int(count or 0)
