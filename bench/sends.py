"""One measured send: prepared, sent by processes of their own, and looked at closely afterwards."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from bench import children, data
from bench.house import House
from bench.provider import Stub
from bench.waiting import wait_until
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.recipients import Recipient
from webapp.services import counts


class Wrong(Exception):
    """What was measured is not a right send, so its speed means nothing."""


@dataclass(frozen=True)
class Sent:
    """How a send went: messages a second from the first claim to the last result written, and its cost."""

    people: int
    seconds: float
    cpu_seconds: float
    memory_mb: float

    @property
    def per_second(self) -> float:
        return self.people / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """Of the sending processes, for each message."""
        return self.cpu_seconds / self.people * 1e6


def send(house: House, stub: Stub, people: int, *, processes: int = 1) -> Sent:
    """A campaign to so many people, by so many processes, on emptied servers; planning is not measured.

    Raises:
        Wrong: somebody was not reached once, or the counts are not those of the rows.
    """
    house.empty()
    campaign = data.make_planned(stub.base_url, people)
    stub.reset()
    with senders(house, stub, processes) as started:
        for child in started:
            child.say("go")
        told = [json.loads(child.hear()) for child in started]
    check(campaign, stub, people)
    return Sent(
        people,
        last_result(campaign) - min(one["began"] for one in told),
        sum(one["cpuSeconds"] for one in told),
        max(one["mostMemoryMb"] for one in told),
    )


@contextmanager
def senders(house: House, stub: Stub, processes: int) -> Iterator[list[children.Child]]:
    """So many sending processes, ready and waiting for the word."""
    trusted = {"SSL_CERT_FILE": stub.cafile} if stub.cafile else {}
    with ExitStack() as stack:
        started = [
            stack.enter_context(children.running("-m", "bench.sender", env=house.environment | trusted))
            for _ in range(processes)
        ]
        for child in started:
            child.hear()
        yield started


def warm_up(stub: Stub) -> None:
    """One message through the worker that was just started, so that it is there and has its connections."""
    stub.reset()
    data.make_planned(stub.base_url, 1, name="First")
    wait_until(lambda: stub.stats()["posts"] == 1, 60)
    time.sleep(1)
    stub.reset()


def check(campaign: Campaign, stub: Stub, people: int) -> None:
    """Everyone was reached once, and the counts are those of the rows."""
    told = stub.stats()
    if told["posts"] != people or told["trackers"] != people:
        raise Wrong(f"{people} people, but {told['posts']} posts with {told['trackers']} trackers.")
    check_counts(campaign)


def check_counts(campaign: Campaign) -> None:
    act_for(campaign.tenant_id)
    db.session.rollback()
    figures = counts.read(campaign.tenant_id, campaign.id)
    rows = statuses(campaign)
    for count, held in counts.HOLDS.items():
        if figures is None or figures[count] != sum(rows.get(status, 0) for status in held):
            raise Wrong(f"{count} is not what the rows say: {figures} {rows}")


def statuses(campaign: Campaign) -> dict[str, int]:
    """How many recipients have which status."""
    query = (
        select(Recipient.status, func.count().label("people"))
        .where(Recipient.tenant_id == campaign.tenant_id, Recipient.campaign_id == campaign.id)
        .group_by(Recipient.status)
    )
    return {row.status: row.people for row in db.session.execute(query)}


def last_result(campaign: Campaign) -> float:
    """When the last result was written, in seconds since 1970."""
    query = select(func.extract("epoch", func.max(Recipient.sent_at))).where(
        Recipient.tenant_id == campaign.tenant_id, Recipient.campaign_id == campaign.id
    )
    return float(db.session.scalar(query) or 0)
