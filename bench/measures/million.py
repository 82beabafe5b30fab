"""A million people: three overlapping groups with some who are left out, planned and sent by a real worker."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import text

from bench import data
from bench.figures import Figure
from bench.house import House
from bench.run import Run
from bench.sends import Wrong, check, warm_up
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.groups import Group
from webapp.sending import plan
from webapp.services import counts

# Two in a hundred are left out, so that a million are reached.
PEOPLE: Final = 1_020_408
# From and to, in percent of everybody: every second person is in two groups.
_GROUPS: Final = ((0, 50), (25, 75), (50, 100))
_MOST_SECONDS: Final = 3600

_MEMBERS: Final = text(
    """
insert into group_contacts (tenant_id, group_id, contact_id)
select tenant_id, :group_id, id from contacts
where tenant_id = :t and phone_key::bigint - 4915100000000 >= :low and phone_key::bigint - 4915100000000 < :high
"""
)
_OPT_OUTS: Final = text(
    """
insert into opt_outs (tenant_id, phone_key, source, at)
select tenant_id, phone_key, 'page', now() from contacts where tenant_id = :t and phone_key::bigint % 100 = 7
"""
)
_INACTIVE: Final = text(
    "update contacts set is_active = false where tenant_id = :t and phone_key::bigint % 100 = 8"
)
# One in two statements is noted with how long it took.
_NOTED: Final = {
    "log_min_duration_sample": "0",
    "log_statement_sample_rate": "0.5",
    "log_parameter_max_length": "0",
    "log_line_prefix": "asked|",
}
# A prepared statement is noted when it is bound, too, which takes next to nothing.
_SETTLES: Final = re.compile(r"duration: ([\d.]+) ms  execute .*?(?=asked\||\Z)", re.S)


def million(run: Run) -> list[Figure]:
    """Seconds to plan, to the first message, memory of the sender and time of a settle; takes many minutes."""
    run.house.empty()
    people = PEOPLE if run.people >= 1000 else run.people * 10
    campaign = _prepared(run, people)
    with run.house.worker("send") as worker, run.house.worker("clock"), run.house.configured(**_NOTED):
        warm_up(run.stub)
        memory = [_memory(worker.process.pid)]
        noted = _log(run.house).stat().st_size
        planning, began = _plan(campaign)
        run.say(f"{campaign.total_recipients:,} planned in {planning:.1f} s, left out: {campaign.excluded}")
        for _ in _until_sent(campaign):
            memory.append(_memory(worker.process.pid))
        speed = campaign.total_recipients / (time.monotonic() - began)
    check(campaign, run.stub, campaign.total_recipients)
    run.say(f"{speed:,.0f} a second; memory {memory[0]:.0f} to {max(memory):.0f} MB")
    first = run.stub.arrivals()[0] - began
    settles = _settles(run.house, noted)
    low, high = _ends(settles)
    return [
        Figure("million_plan", round(planning, 2), note=f"{campaign.total_recipients} people"),
        Figure("million_first", round(first, 3)),
        Figure(
            "million_memory",
            round(max(memory), 1),
            [{"mb": one} for one in memory],
            f"{speed:,.0f} messages a second; {memory[0]:.0f} MB before",
        ),
        Figure(
            "million_settle",
            round(high / low, 3),
            [{"firstMs": low, "lastMs": high, "settles": len(settles)}],
        ),
    ]


def _prepared(run: Run, people: int) -> Campaign:
    tenant_id = data.make_tenant("Million")
    data.make_people(tenant_id, people)
    groups = [Group(tenant_id=tenant_id, name=f"Part {low}") for low, _ in _GROUPS]
    db.session.add_all(groups)
    db.session.flush()
    for group, (low, high) in zip(groups, _GROUPS, strict=True):
        bounds = {"low": people * low // 100, "high": people * high // 100}
        db.session.execute(_MEMBERS, {"t": tenant_id, "group_id": group.id} | bounds)
    db.session.execute(_OPT_OUTS, {"t": tenant_id})
    db.session.execute(_INACTIVE, {"t": tenant_id})
    db.session.commit()
    # By the time that anybody writes to a million people, autovacuum has been there.
    run.house.superuser.execute("vacuum analyze contacts, group_contacts, groups, opt_outs")
    run.house.settle_down()
    chosen = {"recipient_type": "groups", "recipient_ids": [str(group.id) for group in groups]}
    return data.make_campaign(tenant_id, data.make_number(tenant_id, run.stub.base_url), audience=chosen)


def _plan(campaign: Campaign) -> tuple[float, float]:
    """Seconds, and when (monotonic) it was done."""
    act_for(campaign.tenant_id)
    began = time.monotonic()
    plan.plan(campaign.tenant_id, campaign.id)
    done = time.monotonic()
    db.session.refresh(campaign)
    return done - began, done


def _until_sent(campaign: Campaign) -> Iterator[None]:
    """Every other second, until everybody was sent to."""
    give_up = time.monotonic() + _MOST_SECONDS
    while _sent(campaign) < campaign.total_recipients:
        yield
        if time.monotonic() > give_up:
            raise Wrong("Not everybody was sent to within an hour.")
        time.sleep(2)


def _sent(campaign: Campaign) -> int:
    act_for(campaign.tenant_id)
    figures = counts.read(campaign.tenant_id, campaign.id)
    db.session.rollback()
    return int(figures["sent_count"]) if figures else 0


def _memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024


def _settles(house: House, start: int) -> list[float]:
    """Milliseconds of the settles that were noted since then, in their order."""
    log = _log(house).read_bytes()[start:].decode(errors="replace")
    return [float(found[1]) for found in _SETTLES.finditer(log) if "insert into messages_history" in found[0]]


def _log(house: House) -> Path:
    return house.folder / "postgres.log"


def _ends(settles: list[float]) -> tuple[float, float]:
    """The medians of the first and the last 5 %."""
    if not settles:
        raise Wrong("No settle was noted.")
    part = max(1, len(settles) // 20)
    return median(settles[:part]), median(settles[-part:])
