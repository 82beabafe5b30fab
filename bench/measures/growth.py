"""How the cost of a message grows with the size of its campaign."""

from typing import Final

from bench.figures import Figure, Pair
from bench.run import Run
from bench.sends import send

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)


def growth(run: Run) -> list[Figure]:
    """Campaigns of 1,000 to 1,000,000 people, each sent by one process; takes some minutes."""
    pairs: list[Pair] = []
    for people in SIZES:
        sent = send(run.house, run.stub, people)
        pairs.append(
            {
                "people": people,
                "perSecond": round(sent.per_second),
                "microseconds": round(sent.cpu_microseconds, 1),
                "memoryMb": sent.memory_mb,
            }
        )
        run.say(
            "{people:,} people: {perSecond:,} a second, {microseconds} us of the sender's processor for each "
            "message, {memoryMb:.0f} MB".format(**pairs[-1])
        )
    cost = {pair["people"]: pair["microseconds"] for pair in pairs}
    return [Figure("growth", round(cost[SIZES[-1]] / cost[SIZES[1]], 3), pairs)]
