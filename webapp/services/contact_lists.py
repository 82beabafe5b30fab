"""Lists of contacts: pages and counts that stay quick with a million of them."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select

from webapp.db import db
from webapp.models.contacts import Contact
from webapp.services.contact_search import Mark, Which, among, marks_of, matching, query_of
from webapp.services.pages import Page, page

MOST_COUNTED: Final = 10_000
# A list that is not searched or filtered is counted in its index, at some five million a second.
MOST_COUNTED_PLAINLY: Final = 200_000

# What many have is found among so many neighbours in the list; what few have is looked up by the mark itself.
_NEIGHBOURS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many, exactly, or the most that are counted and there are more."""

    number: int
    and_more: bool = False


def listed(tenant_id: uuid.UUID, which: Which, **keys: Any) -> Page[Contact]:
    """One page of contacts, newest first; `newer`, `older` and `limit` are those of pages.page."""
    marks = marks_of(tenant_id, which)
    if not marks:
        return page(query_of(tenant_id, which), Contact.id, **keys)
    near = _near(tenant_id, which, marks, **keys)
    return near if near else page(matching(tenant_id, which), Contact.id, **keys)


def counted(tenant_id: uuid.UUID, which: Which) -> Count:
    """How many contacts these are, as far as anybody wants to count."""
    marks = marks_of(tenant_id, which)
    query = query_of(tenant_id, which)
    if not marks and not which.status:
        return _counted(query, MOST_COUNTED_PLAINLY)
    if len(marks) == 1:
        # Of what very many have, any few thousand say already that there are more than anybody counts.
        some = _counted(query.where(among(marks[0].ids.limit(2 * MOST_COUNTED))))
        if some.and_more:
            return some
    return _counted(query.where(*(among(mark.ids) for mark in marks)))


def _counted(query: Select[Contact], most: int | None = None) -> Count:
    most = most or MOST_COUNTED
    some = query.with_only_columns(Contact.id).limit(most + 1).subquery()
    number = db.session.scalar(select(func.count()).select_from(some)) or 0
    return Count(min(number, most), number > most)


def _near(tenant_id: uuid.UUID, which: Which, marks: list[Mark], **keys: Any) -> Page[Contact] | None:
    """The page, if the next few thousand contacts of the list fill it or are the whole rest of it."""
    up, end = "newer" in keys, _far_end(tenant_id, which, **keys)
    query = query_of(tenant_id, which).where(*(mark.holds for mark in marks))
    if end is not None:
        query = query.where(Contact.id < end if up else Contact.id > end)
    found = page(query, Contact.id, **keys)
    return found if end is None or (found.newer if up else found.older) else None


def _far_end(
    tenant_id: uuid.UUID,
    which: Which,
    *,
    newer: uuid.UUID | None = None,
    older: uuid.UUID | None = None,
    limit: int | None = None,
) -> uuid.UUID | None:
    """The last of the neighbours on the way that the page goes; None when the list ends before.

    Asked by itself: with its value in hand the planner reads the neighbours and nothing else.
    """
    ids = Contact.of(tenant_id, deleted=which.deleted).with_only_columns(Contact.id).limit(_NEIGHBOURS)
    if newer is not None:
        near = ids.where(Contact.id > newer).order_by(Contact.id).subquery()
    else:
        ids = ids.where(Contact.id < older) if older is not None else ids
        near = ids.order_by(Contact.id.desc()).subquery()
    last = near.c.id.desc() if newer is not None else near.c.id
    found = db.session.execute(select(near.c.id, func.count().over()).order_by(last).limit(1)).first()
    return found[0] if found and found[1] == _NEIGHBOURS else None
