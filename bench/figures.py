"""Figures: what a run found, beside the bar it is held against."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

Pair = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure is held against: at least (or at most) `value`, or nothing."""

    title: str
    value: float | None
    unit: str = ""
    is_most: bool = False

    def holds(self, value: float) -> bool:
        if self.value is None:
            return True
        return value <= self.value if self.is_most else value >= self.value


BARS: Final[dict[str, Bar]] = {
    "http": Bar("one process over HTTP, against the bare loop", 0.40, "of bare"),
    "tls": Bar("one process over TLS, against the bare loop", 0.42, "of bare"),
    "two": Bar("two processes on one campaign, against one", 1.2, "times"),
    "applied_100": Bar("until all three statuses of each are applied, bodies of 100", 6000, "messages/s"),
    "applied_10": Bar("the same, bodies of 10", 2500, "messages/s"),
    "applied_1": Bar("the same, bodies of 1", 450, "messages/s"),
    "statuses": Bar("statuses applied", 12_000, "statuses/s"),
    "statuses_p99": Bar("a callback's time to 200 meanwhile, p99", 100, "ms", is_most=True),
    "million_plan": Bar("a million people in three overlapping groups planned", 25, "s", is_most=True),
    "million_first": Bar("first message after it runs", 2, "s", is_most=True),
    "million_memory": Bar("memory of the sender, the most of it from first to last", 100, "MB", is_most=True),
    "million_settle": Bar("a settle of the last 5 %, against the first 5 %", 1.2, "times", is_most=True),
    "pace_most": Bar(
        "most messages in any second, against the number's limit", 1.0, "of limit", is_most=True
    ),
    "pace_average": Bar("messages a second on average, against the number's limit", 0.97, "of limit"),
    "pause_p99": Bar("pause through the page, p99", 100, "ms", is_most=True),
    "live_sql": Bar(
        "SQL statements of the web process with 200 open pages, beyond one's", 0, "more", is_most=True
    ),
    "live_age_p95": Bar("age of a frame in 200 open pages, p95", 1.0, "s", is_most=True),
    "growth": Bar("processor time of a message among 1,000,000, against one among 10,000", None, "times"),
    "fair_alone": Bar("200 people alone", None, "s"),
    "fair_beside": Bar("200 people beside another tenant's 100,000", None, "s"),
    "api_import": Bar("100,000 contacts through the API", 20, "s", is_most=True),
    "api_first": Bar("first page of 200 of a million contacts through the API", 30, "ms", is_most=True),
    "api_first_ratio": Bar("the same, against the bare SQL", None, "times"),
    "api_last": Bar("last page of 200 of a million contacts through the API", 30, "ms", is_most=True),
    "api_last_ratio": Bar("the same, against the bare SQL", None, "times"),
    "webhooks": Bar("webhooks delivered by one process to receivers that answer", 500, "deliveries/s"),
    "webhooks_ratio": Bar("the same, against the bare loop", None, "of bare"),
    "webhooks_beside": Bar(
        "pace of a campaign of 200 a second beside fifty dead endpoints", 0.97, "of alone"
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure by the name of its bar, with everything it was made from.

    `counts` is false when the machine was not fit to measure it."""

    name: str
    value: float
    pairs: list[Pair] = field(default_factory=list)
    note: str = ""
    counts: bool = True

    @property
    def bar(self) -> Bar:
        return BARS[self.name]

    @property
    def verdict(self) -> str:
        if not self.counts:
            return "does not count"
        if self.bar.value is None:
            return ""
        return "holds" if self.bar.holds(self.value) else "UNDER ITS BAR"

    def as_json(self) -> dict[str, Any]:
        bar = {"value": self.bar.value, "is": "at most" if self.bar.is_most else "at least"}
        told = asdict(self) | {"title": self.bar.title, "unit": self.bar.unit, "bar": bar}
        return told | {"verdict": self.verdict}
