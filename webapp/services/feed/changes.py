"""Changes: that something on a page is not as it was any more, at most so often."""

import time
import uuid
from collections.abc import Callable, Collection
from typing import Final

from webapp.domain.events import EVENTS
from webapp.services.feed import outbox
from webapp.services.feed.badges import Badge
from webapp.services.feed.listener import Listener
from webapp.services.feed.outbox import Told

# Seconds between two notes to one page; figures that move by themselves are told more slowly.
AT_MOST_EVERY: Final = 1.0
PROGRESS_EVERY: Final = 3.0
_PROGRESS: Final = ("campaign_progressed", "webhook_triggered")


class Changes(Listener):
    """What became of the things that a page shows, until it was told.

    Args:
        about: kinds of things, as the catalogue calls them.
        object_id: of `about[0]` only this one, if there is one.
    """

    def __init__(
        self, badge: Badge, about: Collection[str], object_id: uuid.UUID | None, wake: Callable[[], object]
    ) -> None:
        super().__init__(badge, wake)
        self.is_gone = False
        self._about = tuple(about)
        self._object_id = object_id
        self._told_at = 0.0
        self._due_at: float | None = None

    @property
    def seconds_left(self) -> float | None:
        """Until the page is to be told; None while there is nothing to tell."""
        return None if self._due_at is None else max(0.0, self._due_at - time.monotonic())

    def put(self, told: list[Told]) -> None:
        for one in filter(self._concerns, told):
            self._due(PROGRESS_EVERY if one.type in _PROGRESS else AT_MOST_EVERY)
            if one.object_id == self._object_id and one.object_id is not None:
                self.is_gone = one.type.endswith("_deleted")
        if self._due_at is not None:
            self._wake()

    def catch_up(self, tenant_id: uuid.UUID, horizon: int) -> None:
        """Hear of what became visible since this horizon, however long ago: the last of each type is enough."""
        of_object = _types_about({self._about[0]}) if self._object_id is not None else []
        self.put(outbox.newest(tenant_id, horizon, _types_about(self._about), self._object_id, of_object))

    def take(self) -> bool:
        """Whether the page is to be told now."""
        if self.seconds_left != 0.0:
            return False
        self._due_at, self._told_at = None, time.monotonic()
        return True

    def _concerns(self, told: Told) -> bool:
        about = EVENTS[told.type].about
        if about == self._about[0] and self._object_id is not None:
            return told.object_id == self._object_id
        return about in self._about

    def _due(self, every: float) -> None:
        at = self._told_at + every
        self._due_at = at if self._due_at is None else min(self._due_at, at)


def _types_about(kinds: Collection[str]) -> list[str]:
    return [name for name, kind in EVENTS.items() if kind.about in kinds]
