"""The pace of a number: what arrives at the provider, second by second."""

from typing import Final

from bench import data
from bench.figures import Figure, Pair
from bench.run import Run
from bench.sends import check, senders

LIMITS: Final = (80, 1000)
_SECONDS: Final = 20


def pace(run: Run) -> list[Figure]:
    """Messages that arrive in any second, and on average, as a share of the number's limit; two senders at once."""
    pairs = [_at(run, limit) for limit in LIMITS]
    for pair in pairs:
        run.say(
            f"limit {pair['limit']:.0f}: at most {pair['most']:.3f} of it, {pair['average']:.3f} on average"
        )
    return [
        Figure("pace_most", max(pair["most"] for pair in pairs), pairs),
        Figure("pace_average", min(pair["average"] for pair in pairs), pairs),
    ]


def _at(run: Run, limit: int) -> Pair:
    people = min(run.people, limit * _SECONDS)
    run.house.empty()
    campaign = data.make_planned(run.stub.base_url, people, per_second=limit)
    run.stub.reset()
    with senders(run.house, run.stub, 2) as started:
        for child in started:
            child.say("go")
        for child in started:
            child.hear()
    check(campaign, run.stub, people)
    arrivals = run.stub.arrivals()
    average = (people - 1) / (arrivals[-1] - arrivals[0])
    return {
        "limit": limit,
        "most": round(most_in_a_second(arrivals) / limit, 4),
        "average": round(average / limit, 4),
    }


def most_in_a_second(arrivals: list[float]) -> int:
    """The most that arrived within any one second."""
    most = start = 0
    for end, at in enumerate(arrivals):
        while arrivals[start] <= at - 1:
            start += 1
        most = max(most, end - start + 1)
    return most
