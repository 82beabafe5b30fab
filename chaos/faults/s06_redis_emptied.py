"""S6: everything in Redis is gone: bells, locks, tokens."""

from random import Random

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, _dice: Random) -> None:
    world.redis().flushall()


FAULT = Fault("S6", "Redis emptied", strike, strikes=3)
