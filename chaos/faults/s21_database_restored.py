"""S21: PostgreSQL comes back with the data of some seconds ago. Nobody is written to until a person lets it go on."""

import shutil
from random import Random

from chaos.fault import Fault
from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import World

REASON = "database_changed"
_STOPPED = "select status, paused_reason from campaigns where id = %s"


def strike(world: World, send: Send, dice: Random) -> None:
    postgres = world.ground.servers.postgres
    folder = world.ground.data / "postgres"
    copy = world.ground.folder / "older"
    postgres.stop()
    shutil.copytree(folder, copy, symlinks=True)
    postgres.start()
    send.reaches(send.accepted() + send.people // 4)
    send.is_lost = True
    postgres.stop()
    before = send.accepted()
    shutil.rmtree(folder)
    shutil.copytree(copy, folder, symlinks=True)
    shutil.rmtree(copy)
    if dice.random() < 0.5:
        # What was kept in Redis may be gone as well.
        world.redis().flushall()
    postgres.start()
    world.findings.extend(_stands_still(world, send, before))


def _stands_still(world: World, send: Send, before: int) -> list[Finding]:
    """It is paused with the right word, and nobody got a message since."""
    said: list[tuple[str, str]] = []

    def is_paused() -> bool:
        with world.database() as connection:
            row = connection.execute(_STOPPED, [send.campaign_id]).fetchone() or {}
        said.append((str(row.get("status")), str(row.get("paused_reason"))))
        return said[-1] == ("paused", REASON)

    wrong = [] if world.until(is_paused, 70) else [f"the campaign is {said[-1] if said else 'unknown'}"]
    world.wait(5)
    more = send.accepted() - before
    return [
        *found("restored", "A database that went back in time and nobody noticed", wrong),
        *found("restored", "Messages after a restore that nobody had looked at", [more] if more else []),
    ]


FAULT = Fault(
    "S21",
    "an older copy of the database restored",
    strike,
    strikes=1,
    people=400,
    in_mix=False,
    needs="webapp.sending.continuity",
)
