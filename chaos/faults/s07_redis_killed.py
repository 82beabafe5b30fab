"""S7: Redis dies and comes back empty."""

import shutil
from random import Random

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, dice: Random) -> None:
    valkey = world.ground.servers.valkey
    valkey.kill()
    shutil.rmtree(world.ground.data / "valkey" / "appendonlydir", ignore_errors=True)
    world.wait(dice.uniform(0.5, 2))
    valkey.start()


FAULT = Fault("S7", "Redis killed, started again empty", strike)
