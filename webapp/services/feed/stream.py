"""Stream: the events of one tenant as this process has read them."""

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Final

from webapp.services.feed import outbox
from webapp.services.feed.listener import Listener

# How often PostgreSQL is asked although nobody said that anything happened, in seconds: while Redis is there, and
# while it is away.
_LOOK_EVERY: Final = 15.0
_LOOK_DEAF_EVERY: Final = 1.0


@dataclass(slots=True)
class Stream:
    """Who listens to a tenant (`count`: who is about to, too), and how far it was read: the horizon of the last look,
    and of the events beyond it those that were seen."""

    tenant_id: uuid.UUID
    count: int = 0
    listeners: set[Listener] = field(default_factory=set)
    looked_at: float = 0.0
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _horizon: int | None = None
    _seen: dict[uuid.UUID, int] = field(default_factory=dict)

    def is_old(self, is_connected: bool) -> bool:
        """Whether it is time to look although nobody said so; `is_connected` says whether one would be told."""
        return time.monotonic() - self.looked_at > (_LOOK_EVERY if is_connected else _LOOK_DEAF_EVERY)

    def enter(self, listener: Listener) -> None:
        """From here on the listener is told everything that becomes visible, and nothing that is."""
        with self._looking:
            while self._look():
                pass
            self.listeners.add(listener)

    def look(self) -> bool:
        """Tell everybody what is new, in order; whether there may be more. One statement."""
        with self._looking:
            return self._look()

    def _look(self) -> bool:
        if self._horizon is None:
            self._horizon = outbox.horizon(self.tenant_id)
        look = outbox.fresh(self.tenant_id, self._horizon, self._seen)
        self._note(look)
        if look.found:
            for listener in list(self.listeners):
                listener.put(look.found)
        return not look.is_whole

    def _note(self, look: outbox.Look) -> None:
        self.looked_at = time.monotonic()
        self._seen |= {told.id: told.xid for told in look.found}
        if look.is_whole:
            self._horizon = look.horizon
            self._seen = {id: xid for id, xid in self._seen.items() if xid >= look.horizon}
