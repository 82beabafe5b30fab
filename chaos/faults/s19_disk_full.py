"""S19: the disk of PostgreSQL is full. Nothing passes the gate, and the house goes on when there is room again."""

import os
from pathlib import Path
from random import Random

from chaos.fault import ON_THE_WIRE, Fault
from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import World

SECONDS = 8.0
DISK_MEGABYTES = 400
_PIECE = bytes(64 * 1024)


def strike(world: World, send: Send, _dice: Random) -> None:
    ballast = world.ground.data / "ballast"
    _fill(ballast)
    world.wait(SECONDS)
    # By now whatever still found room has been used up, so nothing more may be recorded.
    _fill(ballast)
    world.findings.extend(_stood_still(world, send))
    ballast.unlink()
    _bring_back(world)


def _fill(ballast: Path) -> None:
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        while True:
            os.write(file, _PIECE)
    except OSError:
        return
    finally:
        os.close(file)


def _stood_still(world: World, send: Send) -> list[Finding]:
    """Whether every message that left was recorded first is asked by the samples; here only that they became few."""
    before = send.accepted()
    world.wait(2)
    more = send.accepted() - before
    return found(
        "disk", "Messages in two seconds of a full disk", [more] if more > 2 * send.per_second else []
    )


def _bring_back(world: World) -> None:
    """As systemd would, should the server have given up."""
    postgres = world.ground.servers.postgres
    if not world.until(world.is_database_there, 3):
        postgres.kill()
        postgres.start()


FAULT = Fault(
    "S19",
    "the disk of PostgreSQL full",
    strike,
    strikes=1,
    uncertain=3 * ON_THE_WIRE,
    people=600,
    in_mix=False,
    disk_megabytes=DISK_MEGABYTES,
)
