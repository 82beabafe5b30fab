"""A fault: what befalls a world in the middle of a send, and what may be expected after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from chaos.finding import Finding
from chaos.provider import SLOW
from chaos.send import Send
from chaos.world import World

Strike = Callable[[World, Send, Random], None]

# What one process may have between gate and settle (docs/send-protocol.md).
ON_THE_WIRE = 128


def nothing(_world: World, _send: Send) -> list[Finding]:
    """What most faults have to add to the invariants."""
    return []


@dataclass(frozen=True)
class Fault:
    """One fault by its name in docs/faults.md.

    Args:
        strike: does it, once, and returns when it is done or undone.
        strikes: how often it is done in the fault's own send.
        uncertain: how many people one strike may leave uncertain whom the provider never accepted.
        provider: what else goes wrong at the provider in the fault's own send.
        starts: the strike is what starts the send.
        ends: the send is over after it, so that in a mix it strikes one that is there for it.
        in_mix: whether it may befall a world in which others go on.
        needs: a module of the product without which the fault can not be survived.
        disk_megabytes: the fault wants servers on a disk of this size.
        verify: what must hold afterwards beside the invariants.
    """

    name: str
    title: str
    strike: Strike
    strikes: int = 2
    uncertain: int = 0
    people: int = 240
    per_second: int = 60
    provider: dict[str, float] = field(default_factory=lambda: dict(SLOW))
    starts: bool = False
    ends: bool = False
    in_mix: bool = True
    needs: str | None = None
    disk_megabytes: int | None = None
    verify: Callable[[World, Send], list[Finding]] = nothing
