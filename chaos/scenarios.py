"""What a mutant is put through: short sends in which one kind of thing goes wrong, each held by a sane engine."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chaos.fault import ON_THE_WIRE
from chaos.faults import s01_sender_killed, s05_sender_frozen, s11_paused_and_resumed, s13_opted_out
from chaos.provider import NEWS, SLOW
from chaos.send import Send
from chaos.world import World


def _nothing(_world: World, _send: Send) -> None:
    """A calm day."""


def _kill(world: World, send: Send) -> None:
    for _ in range(2):
        s01_sender_killed.strike(world, send, world.dice)
        world.wait(0.5)


def _freeze(world: World, send: Send) -> None:
    s05_sender_frozen.strike(world, send, world.dice)


def _pause(world: World, send: Send) -> None:
    for _ in range(6):
        s11_paused_and_resumed.strike(world, send, world.dice)
        send.reaches(send.accepted() + 5)


def _opt_out(world: World, send: Send) -> None:
    s13_opted_out.strike(world, send, world.dice)


@dataclass(frozen=True)
class Scenario:
    """`act` comes when a quarter was reached; `uncertain` is how many it may leave unknown."""

    name: str
    act: Callable[[World, Send], None]
    uncertain: int = 0
    provider: dict[str, float] = field(default_factory=dict)
    people: int = 160
    per_second: int = 60


CALM = Scenario("calm", _nothing, provider={**NEWS, "server_error": 0.08})
# Long enough for every sender to be woken: a bell wakes one, and the clock rings every two seconds.
CROWDED = Scenario("crowded", _nothing, provider=NEWS, people=600)
# A sweep finds windows on the wire whenever it comes.
SLOWLY = Scenario("slow", _nothing, provider=SLOW)
UNCLEAR = Scenario(
    "unclear", _nothing, provider={**NEWS, "drop": 0.06, "stall": 0.06, "bad_gateway": 0.05, "garbage": 0.03}
)
KILLED = Scenario("killed", _kill, uncertain=2 * ON_THE_WIRE, provider=SLOW)
FROZEN = Scenario("frozen", _freeze, uncertain=ON_THE_WIRE, provider=SLOW, people=600)
PAUSED = Scenario("paused", _pause, provider=NEWS)
OPTED_OUT = Scenario("opted out", _opt_out, provider=NEWS)

EVERY = (CALM, CROWDED, SLOWLY, UNCLEAR, KILLED, FROZEN, PAUSED, OPTED_OUT)
