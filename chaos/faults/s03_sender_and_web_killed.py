"""S3: a sender and a web process die at the same moment."""

from random import Random

from chaos.fault import ON_THE_WIRE, Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, dice: Random) -> None:
    world.keeper.kill(world.keeper.busiest("send"), dice.choice(world.keeper.names("web")))


FAULT = Fault("S3", "a sender and a web process killed", strike, uncertain=ON_THE_WIRE)
