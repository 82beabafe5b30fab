"""S11: somebody presses pause, and later resume."""

from random import Random

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World


def strike(world: World, send: Send, dice: Random) -> None:
    if send.pause():
        world.wait(dice.uniform(0.3, 1.5))
        send.resume()


FAULT = Fault("S11", "paused and resumed", strike, strikes=5)
