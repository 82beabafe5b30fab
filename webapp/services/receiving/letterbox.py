"""Letterbox: callbacks that come at the same moment are stored in one transaction, and acknowledged after it.

A provider tells one status in a body and posts many at once; a transaction for each costs five round trips and a
commit, several times what everything else at the door does.
"""

import logging
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Event, Lock
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp import broker
from webapp.db import act_for, db, on_commit
from webapp.services import heard

log = logging.getLogger(__name__)

# What one transaction stores at most. The rest goes with the next.
MOST_LETTERS: Final = 200
MOST_BYTES: Final = 8 * 1024 * 1024

_STORE: Final = text(
    """
insert into callback_inbox (tenant_id, whatsapp_instance_id, body)
select :tenant_id, l.instance_id, l.body
from unnest(cast(:instances as uuid[]), cast(:bodies as bytea[])) as l(instance_id, body)
"""
)


@dataclass(slots=True, eq=False)
class Letter:
    """A callback of one number as it came. `called` once it was tried, or when its own thread is to store what waits;
    `is_stored` is None until it was tried."""

    instance_id: uuid.UUID
    body: bytes
    called: Event = field(default_factory=Event)
    is_stored: bool | None = None


class Letterbox:
    """Of one tenant, in one process. Whoever finds nobody storing stores for all who wait."""

    def __init__(self, tenant_id: uuid.UUID) -> None:
        self._tenant_id = tenant_id
        self._lock = Lock()
        self._waiting: list[Letter] = []
        self._is_busy = False

    def drop(self, instance_id: uuid.UUID, body: bytes) -> bool:
        """Store a callback and ring for it to be applied; False when the database does not take it now."""
        letter = Letter(instance_id, body)
        if not self._is_first(letter):
            letter.called.wait()
        if letter.is_stored is None:
            try:
                self._store(self._take())
            finally:
                self._call_next()
        return bool(letter.is_stored)

    def _is_first(self, letter: Letter) -> bool:
        with self._lock:
            self._waiting.append(letter)
            is_first, self._is_busy = not self._is_busy, True
            return is_first

    def _call_next(self) -> None:
        with self._lock:
            self._is_busy = bool(self._waiting)
            for letter in self._waiting[:1]:
                letter.called.set()

    def _take(self) -> list[Letter]:
        """Those who wait longest, one at least."""
        with self._lock:
            sizes = accumulate(len(letter.body) for letter in self._waiting[:MOST_LETTERS])
            count = max(1, sum(size <= MOST_BYTES for size in sizes))
            taken, self._waiting = self._waiting[:count], self._waiting[count:]
            return taken

    def _store(self, letters: Collection[Letter]) -> None:
        is_stored = False
        try:
            self._write(letters)
            is_stored = True
        except SQLAlchemyError as error:
            log.error("callbacks_not_stored", extra={"count": len(letters), "reason": type(error).__name__})
        finally:
            for letter in letters:
                letter.is_stored = is_stored
                letter.called.set()

    def _write(self, letters: Collection[Letter]) -> None:
        act_for(self._tenant_id)
        given: dict[str, Any] = {
            "tenant_id": self._tenant_id,
            "instances": [letter.instance_id for letter in letters],
            "bodies": [letter.body for letter in letters],
        }
        db.session.execute(_STORE, given)
        for instance_id in sorted({letter.instance_id for letter in letters}):
            heard.note(instance_id, is_signed=True)
        on_commit(broker.ring, "apply_callbacks", self._tenant_id)
        db.session.commit()
