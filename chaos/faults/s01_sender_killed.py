"""S1: a sender dies in the middle of a window."""

from random import Random

from chaos.fault import ON_THE_WIRE, Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, _dice: Random) -> None:
    world.keeper.kill(world.keeper.busiest("send"))


FAULT = Fault("S1", "one sender killed", strike, strikes=3, uncertain=ON_THE_WIRE)
