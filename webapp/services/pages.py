"""Lists by keyset: the first page and the last of a million cost the same."""

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func

from webapp.db import db
from webapp.domain import fields, search

Row = TypeVar("Row")

PAGE = 50
MOST = 200
# A longer name there is not.
MOST_TYPED = 200


class Keys(TypedDict, total=False):
    """Where to go on: before the one or after the other."""

    newer: uuid.UUID
    older: uuid.UUID


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page, newest first; `newer` and `older` are the keys to go on from, None where there is nothing."""

    items: list[Row]
    newer: uuid.UUID | None
    older: uuid.UUID | None


def page(
    query: Select[Row],
    key: Any,
    *,
    newer: uuid.UUID | None = None,
    older: uuid.UUID | None = None,
    limit: int = PAGE,
) -> Page[Row]:
    """One page of a query by its time-ordered key column (UUIDv7), newest first.

    Args:
        newer: show what comes before this key (towards the newest).
        older: show what comes after this key (towards the oldest).
        limit: rows, at most 200.
    """
    limit = min(limit, MOST)
    if newer is not None:
        rows = list(db.session.scalars(query.where(key > newer).order_by(key).limit(limit + 1)))
        more, rows = len(rows) > limit, rows[:limit][::-1]
        return Page(rows, _key(rows, 0, key) if more else None, _key(rows, -1, key))
    if older is not None:
        query = query.where(key < older)
    rows = list(db.session.scalars(query.order_by(key.desc()).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    return Page(rows, _key(rows, 0, key) if older else None, _key(rows, -1, key) if more else None)


def has_part(column: SQLColumnExpression[str], typed: str) -> ColumnElement[bool]:
    """Whether a name has what was typed somewhere in it, whatever the case. For lists of thousands, not of millions."""
    part = search.lower(fields.line("q", typed[:MOST_TYPED], MOST_TYPED * 3, required=False))
    return func.lower(column).contains(part, autoescape=True)


def _key(rows: list[Row], position: int, key: Any) -> uuid.UUID | None:
    return getattr(rows[position], key.key) if rows else None
