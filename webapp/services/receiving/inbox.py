"""The inbox: which callbacks are taken next, and what is noted of each."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import text

from webapp.db import db

# What one transaction takes: a body holds up to a thousand items, a thousand items have half a megabyte.
MOST_BODIES: Final = 200
MOST_BYTES: Final = 2_500_000

# A message that is not known yet is asked for again this many seconds after its callback came: its sender may
# still be about to write down which id the provider gave it. Then never again.
ASK_AGAIN_AFTER: Final = (5, 20, 60, 300)

# What is due, oldest first, up to the size: the first one always, however large.
_TAKE: Final = text(
    """
with due as materialized (
  select id, whatsapp_instance_id, body, tries, received_at from callback_inbox
  where tenant_id = :tenant_id and applied_at is null
    and (tries = 0 or received_at + make_interval(secs => (cast(:waits as float8[]))[tries]) <= now())
  order by id limit :most for update skip locked
), summed as (
  select *, sum(octet_length(body)) over (order by id) - octet_length(body) as before from due
)
select id, whatsapp_instance_id, body, tries, extract(epoch from received_at)::float8 as received_at,
  extract(epoch from now())::float8 as now
from summed where before < :bytes order by id
"""
)

_MARK: Final = text(
    """
update callback_inbox i set tries = i.tries + 1, error = n.error,
  applied_at = case when n.is_over then now() end
from unnest(cast(:ids as bigint[]), cast(:errors as text[]), cast(:over as bool[])) as n(id, error, is_over)
where i.tenant_id = :tenant_id and i.id = n.id and i.applied_at is null
"""
)


@dataclass(slots=True)
class Body:
    """One callback as it came. `received_at` and `now` are the database's, in seconds since 1970.

    `notes` counts what of it could not be applied, by reason; with `asks_again` it is taken once more later."""

    id: int
    instance_id: uuid.UUID
    raw: bytes
    tries: int
    received_at: float
    now: float
    notes: dict[str, int] = field(default_factory=dict)
    asks_again: bool = False

    @property
    def is_repeat(self) -> bool:
        """Whether everything but the messages that were not known yet was applied before."""
        return self.tries > 0

    @property
    def is_over(self) -> bool:
        return not self.asks_again or self.tries >= len(ASK_AGAIN_AFTER)

    def note(self, reason: str) -> None:
        self.notes[reason] = self.notes.get(reason, 0) + 1


def take(tenant_id: uuid.UUID, most: int = MOST_BODIES) -> list[Body]:
    """The next callbacks, held until the transaction ends; other workers take others."""
    given = {"tenant_id": tenant_id, "most": most, "bytes": MOST_BYTES, "waits": list(ASK_AGAIN_AFTER)}
    return [_body(row) for row in db.session.execute(_TAKE, given)]


def mark(tenant_id: uuid.UUID, bodies: Collection[Body]) -> None:
    """Note what became of each: applied, kept because something in it is not known, or to be asked again."""
    given: dict[str, Any] = {
        "tenant_id": tenant_id,
        "ids": [body.id for body in bodies],
        "errors": [_words(body.notes.items()) for body in bodies],
        "over": [body.is_over for body in bodies],
    }
    db.session.execute(_MARK, given)


def _words(notes: Iterable[tuple[str, int]]) -> str | None:
    return ", ".join(f"{reason}: {count}" for reason, count in sorted(notes)) or None


def _body(row: Any) -> Body:
    return Body(row.id, row.whatsapp_instance_id, row.body, row.tries, row.received_at, row.now)
