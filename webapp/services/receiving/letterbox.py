"""Letterbox: callbacks that come at the same moment are stored in one transaction, and acknowledged after it.

A provider tells one status in a body and posts many at once; a transaction for each costs five round trips and a
commit, several times what everything else at the door does.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Event, Lock
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from webapp import broker
from webapp.db import act_for, db
from webapp.services import heard

log = logging.getLogger(__name__)

# What one transaction stores at most. The rest goes with the next.
MOST_LETTERS: Final = 200
MOST_BYTES: Final = 8 * 1024 * 1024

# Then the provider is asked to try again: whoever stores may never come back from a database that vanished.
PATIENCE_SECONDS: Final = 20

_STORE: Final = text(
    """
insert into callback_inbox (tenant_id, whatsapp_instance_id, body)
select :tenant_id, l.instance_id, l.body
from unnest(cast(:instances as uuid[]), cast(:bodies as bytea[])) as l(instance_id, body)
"""
)


@dataclass(slots=True, eq=False)
class Letter:
    """A callback of one number as it came. `called` when it was tried, or when its own thread is to store what waits
    (`leads`); `is_stored` is None until it was tried."""

    instance_id: uuid.UUID
    body: bytes
    called: Event = field(default_factory=Event)
    leads: bool = False
    is_stored: bool | None = None


class Letterbox:
    """Of one tenant, in one process. Whoever finds nobody storing stores for all who wait."""

    def __init__(self, tenant_id: uuid.UUID) -> None:
        self._tenant_id = tenant_id
        self._lock = Lock()
        self._waiting: list[Letter] = []
        self._is_busy = False

    def drop(self, instance_id: uuid.UUID, body: bytes) -> bool:
        """Store a callback and ring for it to be applied; False when the database does not take it now.

        Waits for others, so whoever calls must hold no connection: the one who stores needs one.
        """
        letter = Letter(instance_id, body)
        is_any_stored = False
        self._join(letter)
        try:
            letter.called.wait(PATIENCE_SECONDS)
            if letter.leads:
                is_any_stored = self._store_what_waits()
        finally:
            self._go(letter)
        if is_any_stored:
            self._ring()
        return bool(letter.is_stored)

    def _join(self, letter: Letter) -> None:
        with self._lock:
            self._waiting.append(letter)
            if not self._is_busy:
                self._call_next()

    def _go(self, letter: Letter) -> None:
        """However it went, this one waits no more, and if it led, the next one does."""
        with self._lock:
            if letter in self._waiting:
                self._waiting.remove(letter)
            if letter.leads:
                letter.leads = False
                self._call_next()

    def _call_next(self) -> None:
        self._is_busy = bool(self._waiting)
        for letter in self._waiting[:1]:
            letter.leads = True
            letter.called.set()

    def _store_what_waits(self) -> bool:
        letters = self._take()
        try:
            return self._store(letters)
        finally:
            for letter in letters:
                letter.called.set()

    def _take(self) -> list[Letter]:
        """Those who wait longest, one at least."""
        with self._lock:
            sizes = accumulate(len(letter.body) for letter in self._waiting[:MOST_LETTERS])
            count = max(1, sum(size <= MOST_BYTES for size in sizes))
            taken, self._waiting = self._waiting[:count], self._waiting[count:]
            return taken

    def _store(self, letters: Sequence[Letter]) -> bool:
        """All of them, or each alone when one can not be stored; whether any was."""
        try:
            self._write(letters)
            is_stored = True
        except IntegrityError as error:
            db.session.rollback()
            if len(letters) > 1:
                return sum(self._store([letter]) for letter in letters) > 0
            is_stored = self._failed(letters, error)
        except SQLAlchemyError as error:
            is_stored = self._failed(letters, error)
        for letter in letters:
            letter.is_stored = is_stored
        return is_stored

    def _failed(self, letters: Sequence[Letter], error: SQLAlchemyError) -> bool:
        log.error("callbacks_not_stored", extra={"count": len(letters), "reason": type(error).__name__})
        return False

    def _write(self, letters: Sequence[Letter]) -> None:
        act_for(self._tenant_id)
        given: dict[str, Any] = {
            "tenant_id": self._tenant_id,
            "instances": [letter.instance_id for letter in letters],
            "bodies": [letter.body for letter in letters],
        }
        db.session.execute(_STORE, given)
        for instance_id in sorted({letter.instance_id for letter in letters}):
            heard.note(instance_id, is_signed=True)
        db.session.commit()

    def _ring(self) -> None:
        """After the turn: a Redis that hangs would hold up everybody at the door. The clock rings for what was lost."""
        try:
            broker.ring("apply_callbacks", self._tenant_id)
        except broker.Unreachable as error:
            log.warning("bell_lost", extra={"error": type(error).__name__})
