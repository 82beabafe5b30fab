"""What there is to measure, in the order of a full run."""

from collections.abc import Callable
from typing import Final

from bench.figures import Figure
from bench.measures import engine
from bench.run import Run

MEASURES: Final[dict[str, Callable[[Run], list[Figure]]]] = {
    "http": engine.http,
    "tls": engine.tls,
    "two": engine.two,
}
