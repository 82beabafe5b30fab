"""S20: the clocks of all workers jump by seven hours, half of them ahead and half back, and then to the other side.
PostgreSQL's and Redis's stay right, and so do those of the pages."""

import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from random import Random

from psycopg import sql

from chaos.clock_told import told
from chaos.fault import Fault
from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import Connection, World
from embedded.program import Program

# So many that no row means a time that far away.
HOURS = 7
# Reached at each time that the clocks show.
PEOPLE = 60
_NEAR_SECONDS = 300
_PATIENCE_SECONDS = 20.0

# It looks into its file once a second: at every call would take all of a processor.
_LIBRARY = files("libfaketime") / "vendor/libfaketime/src/libfaketime.so.1"
_FAKED = {
    "FAKETIME_CACHE_DURATION": "1",
    "DONT_FAKE_MONOTONIC": "1",
}

_TIMES = """
select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid = 'timestamptz'::regtype
"""
_WRONG = sql.SQL(
    "select true as is_there from {} where isfinite({}) and abs(abs(extract(epoch from now() - {})) - %s) < %s limit 1"
)


def strike(world: World, send: Send, _dice: Random) -> None:
    usual = [
        world.keeper.program(name) for kind in ("send", "clock", "work") for name in world.keeper.names(kind)
    ]
    shifts = [world.logs.parent / f"{program.name}.shift" for program in usual]
    for program, shift in zip(usual, shifts, strict=True):
        _move(shift, 0)
        _start_anew(world, _movable(program, shift))
    for side in (0, 1, -1):
        _jump(world, {shift: side * (-HOURS if number % 2 else HOURS) for number, shift in enumerate(shifts)})
        world.findings.extend(_stands_still(send))
    for program in usual:
        _start_anew(world, program)


def _movable(program: Program, shift: Path) -> Program:
    """The worker under libfaketime, telling its time; its leash is not, or it would leave shared memory behind."""
    worker = ("clock_told" if word == "sane" else word for word in program.command)
    command = ("env", f"LD_PRELOAD={_LIBRARY}", *worker)
    env = {**program.env, **_FAKED, "FAKETIME_TIMESTAMP_FILE": str(shift)}
    return replace(program, command=command, env=env)


def _start_anew(world: World, program: Program) -> None:
    world.keeper.start(program)
    world.keeper.ask_to_stop(program.name)


def _move(shift: Path, hours: int) -> None:
    new = shift.with_suffix(".new")
    new.write_text(f"{hours:+}h\n")
    new.replace(shift)


def _jump(world: World, hours: dict[Path, int]) -> None:
    for shift, far in hours.items():
        _move(shift, far)

    def standing() -> list[str]:
        return [shift.stem for shift, far in hours.items() if not _is_away(shift, far)]

    world.until(lambda: not standing(), _PATIENCE_SECONDS)
    world.findings.extend(found("clock", "Clocks that did not jump", standing()))


def _is_away(shift: Path, hours: int) -> bool:
    """Whether the process takes it to be so many hours later than it is."""
    place = told(shift)
    return place.exists() and abs(float(place.read_text()) - time.time() - hours * 3600) < _NEAR_SECONDS


def _stands_still(send: Send) -> list[Finding]:
    """Whoever sends now has a clock that is moved, and people are reached nevertheless."""
    before = send.accepted()
    send.reaches(before + PEOPLE, _PATIENCE_SECONDS)
    if (after := send.accepted()) >= before + PEOPLE:
        return []
    stood = f"{before} accepted before, {after} after, {send.status()}"
    return found("clock", "Sends that stood still, or were over, when the clocks were moved", [stood])


def verify(world: World, _send: Send) -> list[Finding]:
    """No row has a time of a clock that was wrong."""
    with world.database() as connection:
        return found("clock", "Columns with times that are hours away", _wrong(connection))


def _wrong(connection: Connection) -> list[str]:
    columns = [(row["table"], row["column"]) for row in connection.execute(_TIMES)]
    return [
        f"{table}.{column}"
        for table, column in columns
        if connection.execute(
            _WRONG.format(sql.Identifier(table), *[sql.Identifier(column)] * 2), [HOURS * 3600, _NEAR_SECONDS]
        ).fetchone()
    ]


FAULT = Fault(
    "S20",
    "all workers' clocks jump by hours",
    strike,
    strikes=1,
    people=1500,
    per_second=120,
    in_mix=False,  # that a send stands still says nothing where others may stop it
    verify=verify,
)
