"""S17: the provider is away for ten seconds: nobody listens, or it takes calls and does not answer."""

from random import Random

from chaos.fault import ON_THE_WIRE, Fault
from chaos.provider import Provider
from chaos.send import Send
from chaos.world import World

SECONDS = 10.0


def strike(world: World, _send: Send, dice: Random) -> None:
    if dice.random() < 0.5:
        world.keeper.hold_back(Provider.name)
        world.wait(SECONDS)
        world.keeper.let_go(Provider.name)
    else:
        world.keeper.freeze(Provider.name)
        world.wait(SECONDS)
        world.keeper.thaw(Provider.name)


# Whatever was posted into the silence is unknown: a window of each sender for every time limit that passed.
FAULT = Fault("S17", "the provider away for ten seconds", strike, strikes=1, uncertain=20 * ON_THE_WIRE)
