"""S10: both clocks die, and a sender with them, so that there is something to sweep."""

from random import Random

from chaos.fault import ON_THE_WIRE, Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, _dice: Random) -> None:
    world.keeper.kill(world.keeper.busiest("send"), *world.keeper.names("clock"))


FAULT = Fault("S10", "both clocks and a sender killed", strike, uncertain=ON_THE_WIRE)
