"""S4: a deploy: every worker is asked to stop. It finishes what is on the wire, so nothing becomes uncertain."""

from random import Random

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, _dice: Random) -> None:
    workers = [name for kind in ("send", "work", "clock") for name in world.keeper.names(kind)]
    world.keeper.ask_to_stop(*workers)
    world.wait(1)


FAULT = Fault("S4", "all workers asked to stop", strike, uncertain=0)
