"""The live page: 200 open pages during a send, what they cost the database and how old their frames are."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from bench import children, data
from bench.figures import Figure, Pair
from bench.house import House
from bench.run import Run
from bench.sends import Wrong, check, senders
from bench.visitor import visitor
from bench.waiting import percentile, wait_until
from webapp.models.campaigns import Campaign

# Twenty for each of ten people: nobody may open more.
READERS: Final = 10
SOCKETS_EACH: Final = 20
_PER_SECOND: Final = 500
# Long enough for the look into PostgreSQL that a process takes every 15 seconds for all its readers.
_SECONDS: Final = 20


def live(run: Run) -> list[Figure]:
    """SQL statements while a campaign is sent, with no, one and 200 open pages, and the age of their frames."""
    none, _ = _send(run, 0, 0)
    one, _ = _send(run, 1, 1)
    many, ages = _send(run, READERS, SOCKETS_EACH)
    age: Pair = {"frames": len(ages), "p50": percentile(ages, 0.5), "p95": percentile(ages, 0.95)}
    run.say(
        "statements of the web process, of all: "
        + ", ".join(
            f"{sent['web']:.0f}, {sent['all']:.0f} with {sent['sockets']:.0f}" for sent in (none, one, many)
        )
    )
    run.say(f"{len(ages):,} frames, their age p50 {age['p50']:.2f} s, p95 {age['p95']:.2f} s")
    return [
        Figure("live_sql", many["web"] - one["web"], [none, one, many]),
        Figure("live_age_p95", round(age["p95"], 3), [age]),
    ]


def _send(run: Run, readers: int, sockets_each: int) -> tuple[Pair, list[float]]:
    """The statements of the web process and of all, and how old each frame was when it came."""
    people = min(run.people, _PER_SECOND * _SECONDS)
    run.house.empty()
    campaign = data.make_planned(run.stub.base_url, people, per_second=_PER_SECOND)
    run.stub.reset()
    with ExitStack() as stack:
        stack.enter_context(run.house.web(PGAPPNAME="web"))
        stack.enter_context(run.house.worker("clock"))
        started = stack.enter_context(senders(run.house, run.stub, 1))
        watching = stack.enter_context(watchers(run.house, campaign, readers, sockets_each))
        stack.enter_context(run.house.configured(log_statement="all", log_line_prefix="asked|%a|"))
        log = Statements(run.house)
        started[0].say("go")
        # Not later: when the campaign is over each web process reads it once more, whoever looks.
        wait_until(lambda: run.stub.stats()["posts"] >= people, 120, every=0.02)
        counted: Pair = {"sockets": sockets_each * readers, "web": log.of("web"), "all": log.of("")}
        started[0].hear()
        visitor(run.house.url, campaign.tenant_id)
        if log.of("web") == counted["web"]:
            raise Wrong("Somebody opened pages and no statement of the web process was noted.")
        watching.say("stop")
        frames = json.loads(watching.hear())
    check(campaign, run.stub, people)
    arrivals = run.stub.arrivals()
    return counted, [at - arrivals[figure - 1] for figure, at in frames if 0 < figure <= len(arrivals)]


@contextmanager
def watchers(house: House, campaign: Campaign, readers: int, sockets_each: int) -> Iterator[children.Child]:
    """So many open pages of each of so many people, in a process of their own."""
    people = [visitor(house.url, campaign.tenant_id) for _ in range(readers)]
    with children.running("-m", "bench.watchers", house.url, str(campaign.id)) as child:
        child.say(json.dumps([person.cookie for person in people for _ in range(sockets_each)]))
        child.hear()
        yield child


class Statements:
    """What PostgreSQL was asked since this was made, by the name that the asker gave itself."""

    def __init__(self, house: House) -> None:
        self._path = house.folder / "postgres.log"
        self._start = self._path.stat().st_size

    def of(self, name: str) -> int:
        with self._path.open("rb") as log:
            log.seek(self._start)
            return sum(
                line.startswith(f"asked|{name}".encode()) and b"|LOG:  " in line
                for line in log
                if b"statement: " in line or b"execute " in line
            )
