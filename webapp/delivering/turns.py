"""Turns: whose events are claimed next. Tenants take turns, and so do the endpoints of each.

Endpoints that answer quickly have half of the air for themselves: however many dead or slow ones there are, they share
the other half among themselves.
"""

import time
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from webapp.delivering.agenda import Due
from webapp.delivering.reach import Reach

# Posts in the air of one process, and how many of them may be of endpoints that are slow, failing or unknown.
MOST_IN_AIR: Final = 256
MOST_SLOW: Final = 128

# Tenants whose events one claim brings.
MOST_TENANTS: Final = 16

# An endpoint that had nothing for so long is forgotten and must show again that it is quick.
FORGET_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Ask:
    """How many events of which endpoints of a tenant are to be claimed."""

    tenant_id: uuid.UUID
    rooms: dict[uuid.UUID, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Air:
    """Posts that may still start: at all, and to endpoints that have not shown that they are quick."""

    free: int
    slow: int

    def room(self, wanted: int, is_quick: bool) -> int:
        return min(wanted, self.free if is_quick else min(self.free, self.slow))

    def take(self, posts: int, is_quick: bool) -> None:
        self.free -= posts
        self.slow -= 0 if is_quick else posts


class Turns:
    """What is due, and how its endpoints have answered."""

    def __init__(self) -> None:
        self._due: dict[uuid.UUID, dict[uuid.UUID, Due]] = {}
        self._reaches: defaultdict[uuid.UUID, Reach] = defaultdict(Reach)

    def __bool__(self) -> bool:
        """Whether anything is known to be due."""
        return bool(self._due)

    def reach(self, webhook_id: uuid.UUID) -> Reach:
        return self._reaches[webhook_id]

    def find(self, found: Iterable[Due]) -> None:
        """What is due now, in place of what was; whoever has waited longest stays before the others."""
        fresh: dict[uuid.UUID, dict[uuid.UUID, Due]] = {}
        for due in found:
            fresh.setdefault(due.tenant_id, {})[due.webhook_id] = due
        before, self._due = self._due, {}
        for tenant_id in _in_order(before, fresh):
            endpoints = fresh[tenant_id]
            self._due[tenant_id] = {
                key: endpoints[key] for key in _in_order(before.get(tenant_id, {}), endpoints)
            }
        self._forget()

    def served(self, tenant_id: uuid.UUID, webhook_id: uuid.UUID) -> None:
        """All that was due at this endpoint has been claimed."""
        endpoints = self._due.get(tenant_id, {})
        endpoints.pop(webhook_id, None)
        if not endpoints:
            self._due.pop(tenant_id, None)

    def asks(self) -> list[Ask]:
        """What to claim next, as far as there is room; whoever is asked goes to the end."""
        air = self._air(time.monotonic())
        share = max(1, air.free // max(1, min(len(self._due), MOST_TENANTS)))
        asks: list[Ask] = []
        for tenant_id in list(self._due):
            if len(asks) == MOST_TENANTS or air.free <= 0:
                break
            ask = self._ask(tenant_id, share, air)
            if ask.rooms:
                asks.append(ask)
                self._due[tenant_id] = self._due.pop(tenant_id)
        return asks

    def _ask(self, tenant_id: uuid.UUID, share: int, air: _Air) -> Ask:
        ask, endpoints, now = Ask(tenant_id), self._due[tenant_id], time.monotonic()
        for webhook_id, due in list(endpoints.items()):
            reach = self._reaches[webhook_id]
            is_quick = reach.is_quick(now) and not due.is_probed
            wanted = reach.room_for_one() if due.is_probed else reach.room()
            room = air.room(min(wanted, share), is_quick)
            if room > 0:
                ask.rooms[webhook_id] = room
                air.take(room, is_quick)
                share -= room
                endpoints[webhook_id] = endpoints.pop(webhook_id)
        return ask

    def _air(self, now: float) -> _Air:
        flying = [
            (len(reach.in_air), reach.is_quick(now)) for reach in self._reaches.values() if reach.in_air
        ]
        slow = sum(count for count, is_quick in flying if not is_quick)
        return _Air(MOST_IN_AIR - sum(count for count, _ in flying), MOST_SLOW - slow)

    def _forget(self) -> None:
        before = time.monotonic() - FORGET_SECONDS
        for webhook_id, reach in list(self._reaches.items()):
            if not reach.in_air and not reach.unwritten and reach.used_at < before:
                del self._reaches[webhook_id]


def _in_order(before: Iterable[uuid.UUID], found: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """What was found: those that stood there already in their order, then the others."""
    stayed = [key for key in before if key in found]
    known = set(stayed)
    return stayed + [key for key in found if key not in known]
