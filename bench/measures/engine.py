"""The engine against the bare loop, in turns, so that both see the same minutes of the machine."""

from statistics import median
from typing import Final

from bench.figures import Figure, Pair
from bench.provider import Stub
from bench.run import Run
from bench.sends import Sent, send

# A stub slower than this would itself be what is measured.
FIT: Final = 20_000


def http(run: Run) -> list[Figure]:
    """One process over plain HTTP."""
    return [ratio(run, run.stub, "http")]


def tls(run: Run) -> list[Figure]:
    """One process over TLS, through nginx."""
    secure = run.secure_stub
    if secure is None:
        run.say("nginx is not installed (apt-get install nginx-light): the figure over TLS is left out")
        return []
    return [ratio(run, secure, "tls")]


def two(run: Run) -> list[Figure]:
    """Two processes on one campaign, against one."""
    pairs: list[Pair] = []
    for number in range(run.pairs):
        one = send(run.house, run.stub, run.people)
        both = send(run.house, run.stub, run.people, processes=2)
        pairs.append({"one": round(one.per_second), "two": round(both.per_second)})
        run.say(f"two {number + 1}/{run.pairs}: {one.per_second:,.0f} alone, {both.per_second:,.0f} together")
    return [Figure("two", median(pair["two"] / pair["one"] for pair in pairs), pairs)]


def ratio(run: Run, stub: Stub, name: str) -> Figure:
    pairs: list[Pair] = []
    for number in range(run.pairs):
        bare = stub.bare(run.posts)
        pairs.append(_pair(bare, send(run.house, stub, run.people)))
        run.say(
            "{name} {number}/{of}: bare {bare:,} ({bareMicroseconds:.0f} us of processor for each message), "
            "engine {engine:,} ({engineMicroseconds:.0f} us), {ratio:.2f} of bare".format(
                name=name, number=number + 1, of=run.pairs, **pairs[-1]
            )
        )
    return Figure(name, median(pair["ratio"] for pair in pairs), pairs, *_judged(name, pairs))


def _pair(bare: dict[str, float], sent: Sent) -> Pair:
    return {
        "bare": bare["perSecond"],
        "engine": round(sent.per_second),
        "ratio": round(sent.per_second / bare["perSecond"], 3),
        "bareMicroseconds": bare["cpuMicroseconds"],
        "engineMicroseconds": round(sent.cpu_microseconds, 1),
    }


def _judged(name: str, pairs: list[Pair]) -> tuple[str, bool]:
    speed = median(pair["bare"] for pair in pairs)
    if name == "http" and speed < FIT:
        return f"the bare loop reached {speed:,.0f} a second only, it must reach {FIT:,}", False
    return "", True
