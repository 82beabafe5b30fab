"""S2: two senders die at the same moment."""

from random import Random

from chaos.fault import ON_THE_WIRE, Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, dice: Random) -> None:
    first = world.keeper.busiest("send")
    others = [name for name in world.keeper.names("send") if name != first]
    world.keeper.kill(first, dice.choice(others))


FAULT = Fault("S2", "two senders killed at once", strike, uncertain=2 * ON_THE_WIRE)
