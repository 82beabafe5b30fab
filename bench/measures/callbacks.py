"""News of the messages: through the real web process and the real worker, until every status is applied."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, Final

from sqlalchemy import text

from bench import data
from bench.figures import Figure, Pair
from bench.run import Run
from bench.sends import Wrong, check, check_counts, senders
from bench.waiting import percentile, wait_until
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import counts

# Statuses in a body, what share of the people of a run are sent to, and connections that post.
_SIZES: Final = ((100, 0.5, 8), (10, 0.2, 8), (1, 1 / 12, 16))
_MOST_SECONDS: Final = 600

_UNAPPLIED: Final = text(
    "select exists (select from callback_inbox where tenant_id = :t and applied_at is null)"
)
_TOLD_WRONG: Final = text(
    "select count(*) from messages_history where tenant_id = :t and direction = 'out' and status <> 'read'"
)


def applied(run: Run) -> list[Figure]:
    """Messages a second until sent, delivered and read of each are applied, by statuses in a body."""
    figures = []
    for size, share, connections in _SIZES:
        people = max(20, int(run.people * share))
        rounds = [_send_and_hear(run, people, size, connections) for _ in range(min(3, run.pairs))]
        speeds = ", ".join(f"{one['perSecond']:,.0f}" for one in rounds)
        run.say(f"bodies of {size}: {speeds} messages a second")
        figures.append(Figure(f"applied_{size}", median(one["perSecond"] for one in rounds), rounds))
    return figures


def statuses(run: Run) -> list[Figure]:
    """Statuses applied a second when nothing is being sent, in bodies of 100, and what the door takes for a 200."""
    rounds = [_hear_only(run) for _ in range(min(3, run.pairs))]
    for one in rounds:
        run.say(
            f"{one['perSecond']:,.0f} statuses a second, 200 after {one['p50']:.0f} / {one['p99']:.0f} ms"
        )
    return [
        Figure("statuses", median(one["perSecond"] for one in rounds), rounds),
        Figure("statuses_p99", median(one["p99"] for one in rounds), rounds),
    ]


def _send_and_hear(run: Run, people: int, size: int, connections: int) -> Pair:
    campaign = _prepared(run, people)
    with receiving(run), senders(run.house, run.stub, 1) as started:
        _call_back(run, campaign, size, connections)
        began = time.monotonic()
        started[0].say("go")
        return _heard(run, campaign, people, began, per=1)


def _hear_only(run: Run) -> Pair:
    people = max(20, run.people // 2)
    campaign = _prepared(run, people)
    with senders(run.house, run.stub, 1) as started:
        started[0].say("go")
        started[0].hear()
    check(campaign, run.stub, people)
    with receiving(run):
        began = time.monotonic()
        _call_back(run, campaign, 100, 8)
        return _heard(run, campaign, people, began, per=3)


def _prepared(run: Run, people: int) -> Campaign:
    run.house.empty()
    campaign = data.make_planned(run.stub.base_url, people)
    run.stub.reset(keep=True)
    return campaign


@contextmanager
def receiving(run: Run) -> Iterator[None]:
    """The processes that hear and apply."""
    with run.house.web(), run.house.worker("work"), run.house.worker("clock"):
        yield


def _call_back(run: Run, campaign: Campaign, size: int, connections: int) -> None:
    number = db.session.get_one(WhatsAppInstance, (campaign.tenant_id, campaign.whatsapp_instance_id))
    run.stub.call_back(
        url=f"{run.house.url}/callbacks/whatsapp/{number.id}",
        secret=data.APP_SECRET,
        accountId=number.business_account_id,
        phoneNumberId=number.phone_number_id,
        size=size,
        connections=connections,
    )


def _heard(run: Run, campaign: Campaign, people: int, began: float, per: int) -> Pair:
    """How fast everything was applied; looks at all of it when it was."""
    wait_until(lambda: _is_read(campaign, people), _MOST_SECONDS, every=0.1)
    took = time.monotonic() - began
    _check(campaign, people)
    told: dict[str, Any] = run.stub.news()
    return {
        "perSecond": round(people * per / took),
        "bodies": told["bodies"],
        "notTaken": told["refused"],
        "p50": percentile(told["waits"], 0.5),
        "p99": percentile(told["waits"], 0.99),
    }


def _is_read(campaign: Campaign, people: int) -> bool:
    act_for(campaign.tenant_id)
    figures = counts.read(campaign.tenant_id, campaign.id)
    is_over = figures is not None and figures["read_count"] == people
    if is_over:
        is_over = not db.session.scalar(_UNAPPLIED, {"t": campaign.tenant_id})
    db.session.rollback()
    return is_over


def _check(campaign: Campaign, people: int) -> None:
    check_counts(campaign)
    wrong = db.session.scalar(_TOLD_WRONG, {"t": campaign.tenant_id})
    if wrong:
        raise Wrong(f"{wrong} messages of {people} do not say that they were read.")
