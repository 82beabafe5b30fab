"""S9: a web process dies while callbacks come in; the provider brings them again."""

from random import Random

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, _send: Send, _dice: Random) -> None:
    world.keeper.kill(world.keeper.busiest("web"))


FAULT = Fault("S9", "a web process killed while callbacks come in", strike, strikes=3)
