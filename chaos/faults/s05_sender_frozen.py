"""S5: a sender stands still for longer than its lease, and then goes on as if nothing had been."""

from random import Random

from chaos.environment import LEASE_SECONDS
from chaos.fault import ON_THE_WIRE, Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, _dice: Random) -> None:
    frozen = world.keeper.busiest("send")
    world.keeper.freeze(frozen)
    world.wait(LEASE_SECONDS + 2)
    world.keeper.thaw(frozen)


FAULT = Fault("S5", "a sender frozen for longer than its lease", strike, uncertain=ON_THE_WIRE)
