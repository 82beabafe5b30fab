"""S19: the disk of PostgreSQL is full. Nothing passes the gate, and the house goes on when there is room again."""

import os
import time
from pathlib import Path
from random import Random

import psycopg

from chaos.facts import Facts, Message, gated_seconds, read_facts
from chaos.fault import ON_THE_WIRE, Fault
from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import World
from embedded.refused import Refused

# First while the server still finds room in its own files, then without any.
SECONDS_BEFORE = 3.0
SECONDS = 5.0
DISK_MEGABYTES = 400
_PIECE = bytes(64 * 1024)

# As a replica does that was forgotten: the log may not use its old files anew, and so has to grow.
_HOLD_LOG = "select pg_create_physical_replication_slot('ballast', true)"
_LET_LOG_GO = "select pg_drop_replication_slot('ballast')"
# For so many pieces the log needs more than one new file.
_GROW_LOG = "select pg_logical_emit_message(true, 'ballast', repeat('x', 16384))"
_PIECES = 2048


def strike(world: World, send: Send, _dice: Random) -> None:
    ballast = world.ground.data / "ballast"
    try:
        with _superuser(world) as connection:
            connection.execute(_HOLD_LOG)
            since = time.time()
            _fill(ballast)
            world.wait(SECONDS_BEFORE)
            _fill(ballast)
            found_room = _finds_room(connection)
        came_back = _comes_back(world)
        until = time.time()
    finally:
        ballast.unlink()
    _start(world)
    with _superuser(world) as connection:
        connection.execute(_LET_LOG_GO)
    world.findings.extend(found("disk", "A disk that was not full", [*found_room, *came_back]))
    world.findings.extend(_went_on(send, since, until))


def _superuser(world: World) -> psycopg.Connection:
    return psycopg.connect(world.ground.servers.superuser_url, autocommit=True)


def _fill(ballast: Path) -> None:
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        while True:
            os.write(file, _PIECE)
    except OSError:
        return
    finally:
        os.close(file)


def _finds_room(connection: psycopg.Connection) -> list[str]:
    """Use up the files that the log has; without room for another the server gives up (it panics)."""
    try:
        for _ in range(_PIECES):
            connection.execute(_GROW_LOG)
    except psycopg.OperationalError:
        return []
    return ["the log of PostgreSQL grew"]


def _comes_back(world: World) -> list[str]:
    """Start the server again and again, as systemd would: without room it can not."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        world.wait(1)
        try:
            _start(world)
        except Refused:
            continue
        return ["PostgreSQL started"]
    return []


def _start(world: World) -> None:
    postgres = world.ground.servers.postgres
    postgres.kill()
    postgres.start()


def _went_on(send: Send, since: float, until: float) -> list[Finding]:
    """Nobody was reached who was not recorded before, as long as the disk was full, and some still waited."""
    facts = read_facts(send)
    messages = (each for each in facts.messages if since < each.entry.at < until)
    return [
        *found(
            "disk",
            "Messages from a full disk that were not recorded before",
            (each.entry.to for each in messages if not _was_recorded(facts, each)),
        ),
        *found("suite", "A disk that was full when everybody was reached", _all_reached(facts)),
    ]


def _was_recorded(facts: Facts, message: Message) -> bool:
    window = facts.window_of(message.number) if message.number is not None else None
    return window is not None and gated_seconds(window) <= message.entry.at


def _all_reached(facts: Facts) -> list[str]:
    return [] if len(facts.messages) < facts.send.people else [f"{facts.send.people} people"]


FAULT = Fault(
    "S19",
    "the disk of PostgreSQL full",
    strike,
    strikes=1,
    uncertain=3 * ON_THE_WIRE,
    people=1500,
    per_second=150,
    in_mix=False,
    disk_megabytes=DISK_MEGABYTES,
)
