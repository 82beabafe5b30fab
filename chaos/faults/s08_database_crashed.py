"""S8: PostgreSQL is gone at once, by `immediate` shutdown or kill -9, and recovers from its log."""

import os
import signal
from random import Random

from chaos.fault import ON_THE_WIRE, Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, dice: Random) -> None:
    postgres = world.ground.servers.postgres
    os.kill(postgres.pid, dice.choice((signal.SIGQUIT, signal.SIGKILL)))
    postgres.kill()
    world.wait(dice.uniform(0, 1.5))
    postgres.start()


# Whoever can not write down a result in time, or died of the loss, leaves it to the sweep.
FAULT = Fault("S8", "PostgreSQL crashed", strike, uncertain=3 * ON_THE_WIRE)
