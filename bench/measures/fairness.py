"""Fairness: a small campaign of one tenant while another tenant's large one is under way."""

import time
from statistics import median

from bench import data
from bench.figures import Figure, Pair
from bench.run import Run
from bench.sends import last_result, warm_up
from bench.waiting import wait_until
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.sending import plan
from webapp.services import counts

_SMALL = 200


def fairness(run: Run) -> list[Figure]:
    """Seconds until 200 people are reached, alone and beside another tenant's 100,000; one sending process."""
    pairs: list[Pair] = []
    for _ in range(min(3, run.pairs)):
        pairs.append(
            {"alone": round(_small(run, 0), 3), "beside": round(_small(run, run.people * 5 // 3), 3)}
        )
        run.say(f"alone {pairs[-1]['alone']} s, beside {pairs[-1]['beside']} s")
    return [
        Figure("fair_alone", median(pair["alone"] for pair in pairs), pairs),
        Figure("fair_beside", median(pair["beside"] for pair in pairs), pairs),
    ]


def _small(run: Run, others: int) -> float:
    """From the moment its plan is written to the last result."""
    run.house.empty()
    tenant_id = data.make_tenant("Small")
    data.make_people(tenant_id, _SMALL)
    campaign = data.make_campaign(tenant_id, data.make_number(tenant_id, run.stub.base_url))
    with run.house.worker("send"):
        warm_up(run.stub)
        if others:
            before = int(run.stub.stats()["posts"])
            data.make_planned(run.stub.base_url, others, name="Large")
            wait_until(lambda: run.stub.stats()["posts"] > before + min(1000, others // 10), 60)
        act_for(tenant_id)
        plan.plan(tenant_id, campaign.id)
        began = time.time()
        wait_until(lambda: _reached(campaign) == _SMALL, 300)
        return last_result(campaign) - began


def _reached(campaign: Campaign) -> int:
    act_for(campaign.tenant_id)
    figures = counts.read(campaign.tenant_id, campaign.id)
    db.session.rollback()
    return int(figures["sent_count"]) if figures else 0
