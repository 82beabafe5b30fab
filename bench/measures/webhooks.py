"""Webhooks: what one process delivers to receivers that answer, and what fifty dead ones do to a campaign."""

import json
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, Final

from sqlalchemy import Row, text

from bench import children, data
from bench.figures import Figure, Pair
from bench.run import Run
from bench.sends import Wrong, check, senders
from webapp.db import act_for, db
from webapp.services import webhooks as verbs

_ENDPOINTS: Final = 20
_DEAD: Final = 50
_PER_SECOND: Final = 200
_SECONDS: Final = 20

# As an event of the catalogue is told, in turns for each endpoint.
_WAITING: Final = text(
    """
insert into webhook_logs (tenant_id, webhook_id, event_id, event, payload, next_attempt_at)
select :tenant_id, w.id, e.id, 'contact_updated', jsonb_build_object('id', e.id, 'type', 'contact_updated',
  'timestamp', now(), 'tenantId', :tenant_id, 'sequence', e.number, 'payload',
  jsonb_build_object('id', e.id, 'name', 'Person ' || e.number, 'phoneNumber', '+4915100000000', 'isActive', true)),
  now()
from (select id, row_number() over (order by id) - 1 as place from webhooks where tenant_id = :tenant_id) as w
join (select uuidv7() as id, n as number from generate_series(1, cast(:count as int)) as n) as e
  on e.number % :endpoints = w.place
"""
)
_TRIED: Final = "select 1 from webhook_attempts limit 1"
_DELIVERED: Final = text(
    """
select count(*) filter (where success and attempt_count = 1) as delivered, extract(epoch from max(completed_at)) as last
from webhook_logs where tenant_id = :tenant_id
"""
)


def webhooks(run: Run) -> list[Figure]:
    """Deliveries a second from one webhooks process to twenty receivers, against the bare loop."""
    pairs = [_pair(run, number) for number in range(run.pairs)]
    return [
        Figure("webhooks", median(pair["delivered"] for pair in pairs), pairs),
        Figure("webhooks_ratio", median(pair["ratio"] for pair in pairs), pairs),
    ]


def beside(run: Run) -> list[Figure]:
    """The pace of a campaign of 200 a second, alone and beside fifty endpoints that are dead."""
    pairs: list[Pair] = []
    for _ in range(min(2, run.pairs)):
        pairs.append({"alone": round(_pace(run, 0), 4), "beside": round(_pace(run, _DEAD), 4)})
        run.say(
            f"alone {pairs[-1]['alone']:.3f} of its pace, beside {_DEAD} dead endpoints {pairs[-1]['beside']:.3f}"
        )
    return [Figure("webhooks_beside", median(pair["beside"] / pair["alone"] for pair in pairs), pairs)]


def _pair(run: Run, number: int) -> Pair:
    bare = run.stub.bare(run.posts)
    count = min(20_000, run.posts)
    run.house.empty()
    tenant_id = data.make_tenant()
    _make_waiting(tenant_id, f"{run.stub.own_url}/hooks", _ENDPOINTS, count)
    run.stub.reset()
    with children.running("-m", "bench.deliverer", env=run.house.environment) as child:
        child.hear()
        run.house.settle_down()
        child.say("go")
        told = json.loads(child.hear())
    found = _delivered(tenant_id)
    posts = int(run.stub.stats()["posts"])
    if found.delivered != count or posts != count:
        raise Wrong(f"{count} events, but {found.delivered} delivered at once with {posts} posts.")
    speed = count / (float(found.last) - told["began"])
    run.say(
        f"webhooks {number + 1}/{run.pairs}: bare {bare['perSecond']:,}, delivered {speed:,.0f} a second, "
        f"{told['cpuSeconds'] / count * 1e6:.0f} us of processor for each, {told['mostMemoryMb']:.0f} MB"
    )
    return {
        "bare": bare["perSecond"],
        "delivered": round(speed),
        "ratio": round(speed / bare["perSecond"], 3),
        "microseconds": round(told["cpuSeconds"] / count * 1e6, 1),
        "memoryMb": told["mostMemoryMb"],
    }


def _pace(run: Run, dead: int) -> float:
    """What arrives a second at the provider, as a share of the campaign's pace."""
    people = min(run.people, _PER_SECOND * _SECONDS)
    run.house.empty()
    with _silence() as url, run.house.worker("clock"), run.house.worker("webhooks"):
        if dead:
            _make_waiting(data.make_tenant("Dead"), url, dead, dead * 100)
        campaign = data.make_planned(run.stub.base_url, people, per_second=_PER_SECOND)
        run.stub.reset()
        with senders(run.house, run.stub, 1) as (child,):
            child.say("go")
            child.hear()
        if dead and not run.house.superuser.execute(_TRIED).fetchone():
            raise Wrong("The dead endpoints were not even tried.")
    check(campaign, run.stub, people)
    arrivals = run.stub.arrivals()
    return (people - 1) / (arrivals[-1] - arrivals[0]) / _PER_SECOND


@contextmanager
def _silence() -> Iterator[str]:
    """An address that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"


def _make_waiting(tenant_id: uuid.UUID, url: str, endpoints: int, count: int) -> None:
    """So many events that are due, for so many endpoints that hear of nothing else."""
    for number in range(endpoints):
        verbs.create(tenant_id, name=f"Receiver {number}", url=f"{url}/{number}", events=["group_created"])
    given = {"tenant_id": tenant_id, "endpoints": endpoints, "count": count}
    db.session.execute(_WAITING, given)
    db.session.commit()


def _delivered(tenant_id: uuid.UUID) -> Row[Any]:
    act_for(tenant_id)
    return db.session.execute(_DELIVERED, {"tenant_id": tenant_id}).one()
