"""The JSON API: a hundred thousand contacts brought in, and pages of a list of a million."""

import json
import time
import urllib.request
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import psycopg

from bench import data
from bench.figures import Figure
from bench.run import Run
from bench.sends import Wrong
from bench.waiting import wait_until
from webapp.db import act_for
from webapp.services import api_keys

PEOPLE: Final = 100_000
LISTED: Final = 1_000_000
PAGE: Final = 200
_LOOKS: Final = 40
_MOST_SECONDS: Final = 300

# What a page of the list can not do without.
_BARE: Final = """
select id, phone_number, name, attributes, is_active, created_at, updated_at from contacts
where tenant_id = %s and deleted_at is null and id < %s order by id desc limit 201
"""
_NEWEST: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def api(run: Run) -> list[Figure]:
    """Seconds of an import; milliseconds of the first and the last page of a list, and as ratios to the bare SQL."""
    return [*_import(run), *_pages(run)]


def _import(run: Run) -> list[Figure]:
    run.house.empty()
    ask = _program(run)
    people = PEOPLE if run.people >= 1000 else run.people * 10
    lines = "\n".join(
        json.dumps({"phoneNumber": f"+{4915100000000 + n}", "name": f"Person {n}"}) for n in range(people)
    )
    with run.house.web(), run.house.worker("work"), run.house.worker("clock"):
        _brought_in(ask, '{"phoneNumber": "+12025550100"}')  # the worker is there
        began = time.monotonic()
        told = _brought_in(ask, lines)
        seconds = time.monotonic() - began
    if told["added"] != people:
        raise Wrong(f"{told['added']} of {people} were added: {told['error']}")
    run.say(f"{people:,} contacts through the API in {seconds:.1f} s")
    return [Figure("api_import", round(seconds, 2), [{"people": people, "seconds": seconds}])]


def _brought_in(ask: Callable[..., Any], lines: str) -> dict[str, Any]:
    """The import of a list, when it is over."""
    told: dict[str, Any] = ask("/contacts/imports", lines.encode(), "application/x-ndjson")

    def is_over() -> bool:
        told.update(ask(f"/contacts/imports/{told['id']}"))
        return told["status"] in ("completed", "failed")

    wait_until(is_over, _MOST_SECONDS, every=0.25)
    return told


def _pages(run: Run) -> list[Figure]:
    run.house.empty()
    tenant_id = data.make_tenant()
    people = LISTED if run.people >= 1000 else run.people * 100
    data.make_people(tenant_id, people)
    run.house.superuser.execute("vacuum analyze contacts")
    ids = [
        row[0]
        for row in run.house.superuser.execute("select id from contacts order by id limit 201").fetchall()
    ]
    ask = _program(run, tenant_id)
    places = {"first": None, "last": ids[PAGE]}
    found = []
    with run.house.web():
        for name, cursor in places.items():
            address = f"/contacts?limit={PAGE}" + (f"&cursor={cursor}" if cursor else "")
            asked = _milliseconds(lambda address=address: ask(address))  # type: ignore[misc]
            bare = _milliseconds(_bare(run.house.superuser, tenant_id, cursor))
            run.say(f"{name} page of {people:,}: {asked:.1f} ms, bare SQL {bare:.1f} ms")
            found.append(Figure(f"api_{name}", round(asked, 2), [{"people": people, "bare": bare}]))
            found.append(Figure(f"api_{name}_ratio", round(asked / bare, 2), [{"ms": asked, "bare": bare}]))
    return found


def _milliseconds(look: Callable[[], Any]) -> float:
    """The median of several looks."""
    times = []
    for _ in range(_LOOKS):
        began = time.perf_counter()
        look()
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def _bare(connection: psycopg.Connection, tenant_id: Any, cursor: Any) -> Callable[[], Any]:
    return lambda: connection.execute(_BARE, (tenant_id, cursor or _NEWEST)).fetchall()


def _program(run: Run, tenant_id: Any = None) -> Callable[..., Any]:
    """Asks the web process with a fresh key."""
    tenant_id = tenant_id or data.make_tenant()
    _key, token = api_keys.create(tenant_id, name="Bench")
    act_for(tenant_id)

    def ask(path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        request = urllib.request.Request(f"{run.house.url}/api/v1{path}", body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    return ask
