"""Heard: whether callbacks of a number arrive, and whether they are signed with its app secret.

Anybody may post to the address, so what is refused proves nothing: it is shown as what it is, and written down at
most once a minute for each number.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Select, select, text, update

from webapp.db import db
from webapp.models.whatsapp_instances import CallbackAddress, WhatsAppInstance

WRITE_EVERY_SECONDS: Final = 60
# A signed callback that is about as young as the refused one: somebody else knocks, and the secret is right.
_ABOUT: Final = timedelta(minutes=10)
# What was refused longer ago says nothing about today.
_RECENT: Final = timedelta(days=7)
_MOST_REMEMBERED: Final = 10_000

# Whoever finds the row locked leaves it: the one who holds it writes the same.
_NOTE: Final = """
update callback_addresses set {column} = now() where whatsapp_instance_id = (
  select whatsapp_instance_id from callback_addresses
  where whatsapp_instance_id = :instance_id and ({column} is null or {column} < now() - make_interval(secs => :every))
  for update skip locked)
"""
_SIGNED: Final = text(_NOTE.format(column="signed_at"))
_REFUSED: Final = text(_NOTE.format(column="refused_at"))

_noted: dict[tuple[bool, uuid.UUID], float] = {}


@dataclass(frozen=True, slots=True)
class Heard:
    """When a number's last signed callback came, and the last one that was refused; each to about a minute."""

    signed_at: datetime | None = None
    refused_at: datetime | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether callbacks arrive that are not signed with the app secret, and none that are."""
        if self.refused_at is None or datetime.now(UTC) - self.refused_at > _RECENT:
            return False
        return self.signed_at is None or self.refused_at - self.signed_at > _ABOUT


def note(instance_id: uuid.UUID, *, is_signed: bool) -> bool:
    """Remember that a callback came; whether anything was written. Commits nothing."""
    now, place = time.monotonic(), (is_signed, instance_id)
    if now < _noted.get(place, 0.0):
        return False
    if len(_noted) >= _MOST_REMEMBERED:
        _noted.clear()
    _noted[place] = now + WRITE_EVERY_SECONDS
    given = {"instance_id": instance_id, "every": WRITE_EVERY_SECONDS}
    db.session.execute(_SIGNED if is_signed else _REFUSED, given)
    return True


def forget(instance_id: uuid.UUID) -> None:
    """Begin anew, with another app secret. Commits nothing."""
    for is_signed in (True, False):
        _noted.pop((is_signed, instance_id), None)
    address = CallbackAddress.whatsapp_instance_id == instance_id
    db.session.execute(update(CallbackAddress).where(address).values(signed_at=None, refused_at=None))


def of(instance_id: uuid.UUID) -> Heard:
    """What is known about the callbacks of a number of the tenant."""
    row = db.session.execute(_known().where(CallbackAddress.whatsapp_instance_id == instance_id)).first()
    return Heard(row.signed_at, row.refused_at) if row else Heard()


def doubtful(tenant_id: uuid.UUID) -> list[WhatsAppInstance]:
    """The living numbers whose callbacks are not signed with their app secret."""
    rows = db.session.execute(
        _known().where(CallbackAddress.tenant_id == tenant_id, CallbackAddress.refused_at.is_not(None))
    )
    ids = [row.whatsapp_instance_id for row in rows if Heard(row.signed_at, row.refused_at).is_doubtful]
    numbers = WhatsAppInstance.of(tenant_id).where(WhatsAppInstance.id.in_(ids))
    return list(db.session.scalars(numbers.order_by(WhatsAppInstance.id))) if ids else []


def _known() -> Select[uuid.UUID, datetime | None, datetime | None]:
    return select(CallbackAddress.whatsapp_instance_id, CallbackAddress.signed_at, CallbackAddress.refused_at)
