"""S20: the clocks of two machines are ten minutes ahead: of a sender and of the process that keeps time."""

from dataclasses import replace
from glob import glob
from random import Random

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World
from embedded.program import Program

AHEAD_SECONDS = 600
_LIBRARY = "/usr/lib/*/faketime/libfaketime.so.1"


def strike(world: World, _send: Send, _dice: Random) -> None:
    shifted = [world.keeper.busiest("send"), "clock0"]
    usual = {name: world.keeper.program(name) for name in shifted}
    for name in shifted:
        _start_anew(world, name, _ahead(usual[name]))
    world.wait(5)
    for name in shifted:
        _start_anew(world, name, usual[name])


def _start_anew(world: World, name: str, program: Program) -> None:
    world.keeper.start(program)
    world.keeper.ask_to_stop(name)


def _ahead(program: Program) -> Program:
    """Under libfaketime where it is installed, else with Python's own clock moved."""
    if library := next(iter(glob(_LIBRARY)), None):
        shift = {"FAKETIME": f"+{AHEAD_SECONDS}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "LD_PRELOAD": library}
        return replace(program, env={**program.env, **shift})
    return replace(
        program, command=tuple("clock_ahead" if word == "sane" else word for word in program.command)
    )


FAULT = Fault("S20", "two machines' clocks ten minutes ahead", strike, strikes=1)
