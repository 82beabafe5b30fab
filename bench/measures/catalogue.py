"""What there is to measure, in the order of a full run."""

from collections.abc import Callable
from typing import Final

from bench.figures import Figure
from bench.measures import api, callbacks, engine, fairness, growth, live, million, pace, pausing, webhooks
from bench.run import Run

MEASURES: Final[dict[str, Callable[[Run], list[Figure]]]] = {
    "http": engine.http,
    "tls": engine.tls,
    "two": engine.two,
    "applied": callbacks.applied,
    "statuses": callbacks.statuses,
    "pace": pace.pace,
    "pause": pausing.pause,
    "live": live.live,
    "fairness": fairness.fairness,
    "api": api.api,
    "webhooks": webhooks.webhooks,
    "beside": webhooks.beside,
}
# Only when they are asked for.
SLOW: Final[dict[str, Callable[[Run], list[Figure]]]] = {
    "growth": growth.growth,
    "million": million.million,
}
ALL: Final = MEASURES | SLOW
