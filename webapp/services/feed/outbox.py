"""Reading the outbox so that no event is missed, whatever the order in which transactions end (docs/decisions/0008).

A reader that remembers the horizon of its last look, the oldest transaction that was not over then, finds everything
that became visible since among the events whose transaction is not older. Each function gives the connection back.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from webapp import arrays
from webapp.db import act_for, db

# Events that one statement reads.
AT_ONCE: Final = 500

_TOLD: Final = """
select id, type, object_id, xid, sequence,
  told_event(id, type, created_at, tenant_id, sequence, payload)::text as body from events
where tenant_id = :tenant_id and type <> 'message_status_changed'
"""

_HORIZON: Final = text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")

# A transaction takes minutes at most. Transactions of a database that was restored into another server may have
# higher numbers than those that come: they are old all the same.
_FRESH: Final = text(
    f"""
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon, told.*
from (values (1)) as one left join lateral ({_TOLD} and xid >= :horizon and created_at > now() - interval '1 hour'
  and id <> all (cast(:seen as uuid[])) order by sequence limit :most) as told on true
order by told.sequence
"""
)

_SINCE: Final = text(
    "select sequence, horizon from events where tenant_id = :tenant_id and id = :id"
    " and type <> 'message_status_changed'"
)
_LATE: Final = text(f"{_TOLD} and xid >= :horizon and sequence < :sequence order by sequence")
_NEXT: Final = text(f"{_TOLD} and sequence > :sequence order by sequence limit :most")

# A number that no transaction has yet is one of another server, whose database was restored into this one.
_NEWEST: Final = text(
    f"""
{_TOLD} and sequence in (
  select max(sequence) from events
  where tenant_id = :tenant_id and type <> 'message_status_changed' and xid >= :horizon
    and xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint and type = any (cast(:types as text[]))
    and (object_id = :object_id or type <> all (cast(:types_of_object as text[])))
  group by type
) order by sequence
"""
)


@dataclass(frozen=True, slots=True)
class Told:
    """One event: what it is about, and its whole body as JSON."""

    id: uuid.UUID
    type: str
    object_id: uuid.UUID | None
    xid: int
    sequence: int
    body: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found, and the horizon of that moment."""

    horizon: int
    found: list[Told]

    @property
    def is_whole(self) -> bool:
        """Whether there was no more than one look takes."""
        return len(self.found) < AT_ONCE


def horizon(tenant_id: uuid.UUID) -> int:
    """Of this moment: whoever reads from it on misses nothing that becomes visible later."""
    act_for(tenant_id)
    try:
        return int(db.session.scalars(_HORIZON).one())
    finally:
        db.session.commit()


def fresh(tenant_id: uuid.UUID, horizon: int, seen: Collection[uuid.UUID] = ()) -> Look:
    """What became visible since the look that had this horizon, without what was seen; in order. One statement."""
    asked = {"tenant_id": tenant_id, "horizon": horizon, "seen": arrays.plain(seen), "most": AT_ONCE}
    act_for(tenant_id)
    rows = db.session.execute(_FRESH, asked).all()
    db.session.commit()
    return Look(rows[0].horizon, [_told(row) for row in rows if row.id is not None])


def newest(
    tenant_id: uuid.UUID,
    horizon: int,
    types: Collection[str],
    object_id: uuid.UUID | None,
    of: Collection[str],
) -> list[Told]:
    """Of each of these types the last that became visible since that horizon, however long ago it was; of the types
    `of` only what is about this object."""
    asked = {"types": arrays.texts(types), "object_id": object_id, "types_of_object": arrays.texts(of)}
    return _read(_NEWEST, tenant_id, horizon=horizon, **asked)


def since(tenant_id: uuid.UUID, event_id: uuid.UUID) -> Iterator[list[Told]] | None:
    """What was told after an event, in pieces; a few that its reader has seen may be among it. None if nobody knows
    that event, or not any more."""
    act_for(tenant_id)
    event = db.session.execute(_SINCE, {"tenant_id": tenant_id, "id": event_id}).one_or_none()
    db.session.commit()
    return None if event is None else _pieces(tenant_id, event.sequence, event.horizon)


def _pieces(tenant_id: uuid.UUID, sequence: int, horizon: int) -> Iterator[list[Told]]:
    found = _read(_LATE, tenant_id, sequence=sequence, horizon=horizon)
    yield found
    while found := _read(_NEXT, tenant_id, sequence=sequence, most=AT_ONCE):
        sequence = found[-1].sequence
        yield found


def _read(query: Any, tenant_id: uuid.UUID, **asked: Any) -> list[Told]:
    act_for(tenant_id)
    rows = db.session.execute(query, {"tenant_id": tenant_id, **asked}).all()
    db.session.commit()
    return [_told(row) for row in rows]


def _told(row: Any) -> Told:
    return Told(row.id, row.type, row.object_id, row.xid, row.sequence, row.body)
