"""Missed: what was told while a reader was away, from the last event it got, or while it was let in."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from webapp.services.feed import outbox
from webapp.services.feed.outbox import Told


@dataclass(slots=True)
class Missed:
    """Read what is there first (`there`), then begin to listen, then read what came in between (`meanwhile`): so a
    long absence fills no queue. What the listener is told once more is `is_known`."""

    tenant_id: uuid.UUID
    _pieces: Iterator[list[Told]]
    _horizon: int
    _known: set[uuid.UUID] = field(default_factory=set)

    @classmethod
    def since(cls, tenant_id: uuid.UUID, event_id: str) -> Self | None:
        """After this event; None if nobody knows it, or not any more."""
        try:
            asked = uuid.UUID(event_id)
        except ValueError:
            return None
        horizon = outbox.horizon(tenant_id)
        pieces = outbox.since(tenant_id, asked)
        return None if pieces is None else cls(tenant_id, pieces, horizon)

    @classmethod
    def now(cls, tenant_id: uuid.UUID) -> Self:
        """Nothing so far: what becomes visible from this moment on."""
        fresh = cls(tenant_id, iter(()), outbox.horizon(tenant_id))
        for _ in fresh.meanwhile():
            pass
        return fresh

    def there(self) -> Iterator[Told]:
        for piece in self._pieces:
            yield from self._noted(piece)

    def meanwhile(self) -> Iterator[Told]:
        is_whole = False
        while not is_whole:
            look = outbox.fresh(self.tenant_id, self._horizon, self._known)
            yield from self._noted(look.found)
            is_whole = look.is_whole

    def is_known(self, told: Told) -> bool:
        return told.id in self._known

    def _noted(self, piece: list[Told]) -> list[Told]:
        """Only what was not over when this began can be told once more."""
        self._known |= {told.id for told in piece if told.xid >= self._horizon}
        return piece
