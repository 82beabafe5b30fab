"""Pace: how fast a campaign goes, from samples of how many messages had been sent when."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

# The rate on the page is that of these last seconds.
RATE_OVER: Final = timedelta(seconds=10)
CHART_STEP: Final = timedelta(seconds=5)
CHART_POINTS: Final = 60
CHART_OVER: Final = CHART_STEP * CHART_POINTS
# Samples come closer together than this while anything moves; in a wider gap nothing did.
_GAP: Final = timedelta(seconds=6)
_NEXT_SAMPLE: Final = timedelta(seconds=1)

Sample = tuple[datetime, int]


@dataclass(slots=True)
class Pace:
    """Samples (when, how many sent by then), the oldest first; those of the chart's time are kept."""

    samples: deque[Sample] = field(default_factory=deque)

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> "Pace":
        return cls(deque(samples))

    def add(self, at: datetime, sent: int) -> None:
        """The latest figure. Between two whole seconds only the latest is kept."""
        if len(self.samples) > 1 and at - self.samples[-2][0] < _NEXT_SAMPLE:
            self.samples.pop()
        self.samples.append((at, sent))

    def forget(self, before: datetime) -> None:
        """Drop what no chart shows any more."""
        while len(self.samples) > 2 and self.samples[1][0] < before:
            self.samples.popleft()

    def rate(self, now: datetime) -> float:
        """Messages a second, over the last ten seconds or since the first sample."""
        if not self.samples:
            return 0.0
        since = max(now - RATE_OVER, self.samples[0][0])
        seconds = (now - since).total_seconds()
        return max(0.0, (self.sent_at(now) - self.sent_at(since)) / seconds) if seconds > 0 else 0.0

    def sent_at(self, at: datetime) -> float:
        """How many had been sent at a moment, between two samples in proportion."""
        place = bisect_right(self.samples, at, key=lambda sample: sample[0])
        if place == 0:
            return self.samples[0][1] if self.samples else 0
        before = self.samples[place - 1]
        if place == len(self.samples):
            return before[1]
        after = self.samples[place]
        began = max(before[0], after[0] - _GAP)
        passed = max(timedelta(0), at - began) / (after[0] - began)
        return before[1] + (after[1] - before[1]) * passed

    def recent(self, now: datetime) -> list[float]:
        """Messages a second in each five seconds of the last five minutes, and last the rate of this moment.

        The steps are those of the clock, so that the drawing moves on once in a step and stands still between.
        """
        end = now - timedelta(seconds=now.timestamp() % CHART_STEP.total_seconds())
        return [*self._rates(end - CHART_OVER, CHART_STEP, CHART_POINTS), self.rate(now)]

    def whole(self, began: datetime, ended: datetime) -> list[float]:
        """Messages a second from the beginning to the end, in as many steps as there are samples for; nothing for a
        moment."""
        points = min(CHART_POINTS, int((ended - began) / _NEXT_SAMPLE))
        return self._rates(began, (ended - began) / points, points) if points > 1 else []

    def _rates(self, first: datetime, step: timedelta, points: int) -> list[float]:
        sent = [self.sent_at(first + step * place) for place in range(points + 1)]
        return [max(0.0, (after - before) / step.total_seconds()) for before, after in pairwise(sent)]
