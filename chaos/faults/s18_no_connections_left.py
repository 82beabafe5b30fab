"""S18: somebody else holds every connection that PostgreSQL has to give, and the house loses its own."""

from contextlib import ExitStack
from random import Random

import psycopg

from chaos.fault import ON_THE_WIRE, Fault
from chaos.send import Send
from chaos.world import World

SECONDS = 6.0
_NAME = "glutton"


def strike(world: World, _send: Send, _dice: Random) -> None:
    with ExitStack() as held:
        _take_all(world, held)
        _cut_off_others(world)
        _take_all(world, held)
        world.wait(SECONDS)


def _take_all(world: World, held: ExitStack) -> None:
    try:
        while True:
            held.enter_context(psycopg.connect(world.database_url, autocommit=True, application_name=_NAME))
    except psycopg.OperationalError:
        return


def _cut_off_others(world: World) -> None:
    with psycopg.connect(world.ground.servers.superuser_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and application_name <> %s",
            [world.database_url.rpartition("/")[2], _NAME],
        )


FAULT = Fault("S18", "no database connection left", strike, strikes=1, uncertain=3 * ON_THE_WIRE)
