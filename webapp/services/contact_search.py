"""Which contacts: each condition in two forms, so that a list can choose the quicker one.

Ranges, never LIKE: behind row-level security an index serves only comparisons that can not leak.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Uuid,
    and_,
    any_,
    false,
    func,
    intersect,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from webapp.db import db
from webapp.domain import phone_plans, search
from webapp.models.contacts import Contact, ContactWord
from webapp.models.groups import GroupContact
from webapp.models.opt_outs import OptOut
from webapp.models.tenants import Tenant

# One click changes no more people than a page can wait for.
MOST_AT_ONCE: Final = 10_000

STATUSES: Final = ("active", "inactive", "opted_out", "doubtful")


@dataclass(frozen=True, slots=True)
class Which:
    """The contacts that a list is about: what was typed into its search box, one of the filters above, the
    members of one group, the trash instead of the living."""

    q: str = ""
    group_id: uuid.UUID | None = None
    status: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One condition: `holds` asks a contact that is being read, `ids` finds all that have the mark."""

    holds: ColumnElement[bool]
    ids: Any  # a select of ids, or several put together


def among(ids: Any, column: Any = Contact.id) -> ColumnElement[bool]:
    """Whether a contact is one of these. They are looked up once: no guess of the planner makes a walk of it."""
    return cast(ColumnElement[bool], column == any_(func.array(ids.scalar_subquery(), type_=ARRAY(Uuid))))


def query_of(tenant_id: uuid.UUID, which: Which) -> Select[Contact]:
    """The contacts by what their own row says. In the trash every status is one."""
    query = Contact.of(tenant_id, deleted=which.deleted)
    if which.deleted:
        return query
    if which.status == "active":
        return query.where(Contact.is_active, ~_opted_out(tenant_id))
    if which.status == "inactive":
        return query.where(~Contact.is_active)
    if which.status == "doubtful":
        return query.where(Contact.is_doubtful)
    return query


def marks_of(tenant_id: uuid.UUID, which: Which) -> list[Mark]:
    """The conditions that other rows decide, or that many rows at both ends of a range may meet."""
    marks = _typed(tenant_id, which.q) if which.q.strip() else []
    if which.group_id is not None:
        marks.append(_member(tenant_id, which.group_id))
    if which.status == "opted_out" and not which.deleted:
        marks.append(_no_sayer(tenant_id))
    return marks


def matching(tenant_id: uuid.UUID, which: Which) -> Select[Contact]:
    """All of them, in a form whose cost is that of the matches, not of the list."""
    return query_of(tenant_id, which).where(*(among(mark.ids) for mark in marks_of(tenant_id, which)))


def is_chosen(
    tenant_id: uuid.UUID,
    chosen: Collection[uuid.UUID] | Which,
    column: Any = Contact.id,
    *,
    outside: uuid.UUID | None = None,
) -> ColumnElement[bool]:
    """Whether a contact was ticked, or is one of all that match as far as one click goes.

    Args:
        column: the contact's id in the table that is changed; the statement itself names the tenant.
        outside: of all that match only those who are not in this group yet.
    """
    if not isinstance(chosen, Which):
        return cast(ColumnElement[bool], column.in_(chosen))
    ids = matching(tenant_id, chosen).with_only_columns(Contact.id)
    if outside is not None:
        ids = ids.where(~_member(tenant_id, outside).holds)
    return among(ids.order_by(Contact.id.desc()).limit(MOST_AT_ONCE), column)


def _typed(tenant_id: uuid.UUID, q: str) -> list[Mark]:
    asked = search.read(q)
    words = [_word(tenant_id, word) for word in asked.name_words()]
    numbers = []
    if asked.phone_prefix:
        numbers.append(_number(tenant_id, "phone_number", f"+{asked.phone_prefix}"))
    if asked.phone_suffix:
        numbers.append(_number(tenant_id, "phone_reversed", asked.phone_suffix[::-1]))
        home = db.session.get_one(Tenant, tenant_id).default_country
        begins = asked.at_home(phone_plans.country_code(home)) if home else ()
        numbers += [_number(tenant_id, "phone_number", f"+{digits}") for digits in begins]
    if numbers:
        return [_either(([_both(words)] if words else []) + numbers)]
    return words or [Mark(false(), select(ContactWord.contact_id).where(false()))]


def _word(tenant_id: uuid.UUID, word: str) -> Mark:
    has_word = (ContactWord.tenant_id == tenant_id, *_begins(ContactWord.word, word))
    return Mark(
        _there_is(*has_word, ContactWord.contact_id == Contact.id),
        select(ContactWord.contact_id).where(*has_word),
    )


def _number(tenant_id: uuid.UUID, column: str, digits: str) -> Mark:
    other = aliased(Contact)
    return Mark(
        and_(*_begins(getattr(Contact, column), digits)),
        select(other.id).where(other.tenant_id == tenant_id, *_begins(getattr(other, column), digits)),
    )


def _member(tenant_id: uuid.UUID, group_id: uuid.UUID) -> Mark:
    of_group = (GroupContact.tenant_id == tenant_id, GroupContact.group_id == group_id)
    return Mark(
        _there_is(*of_group, GroupContact.contact_id == Contact.id),
        select(GroupContact.contact_id).where(*of_group),
    )


def _no_sayer(tenant_id: uuid.UUID) -> Mark:
    # One by one through the index of keys: joined as a whole, everybody would be read.
    alive = Contact.of(tenant_id).with_only_columns(Contact.id)
    said_no = alive.where(Contact.phone_key == OptOut.phone_key).limit(1).correlate(OptOut).lateral()
    standing = (OptOut.tenant_id == tenant_id, OptOut.lifted_at.is_(None))
    return Mark(
        _opted_out(tenant_id), select(said_no.c.id).join_from(OptOut, said_no, true()).where(*standing)
    )


def _opted_out(tenant_id: uuid.UUID) -> ColumnElement[bool]:
    return _there_is(
        OptOut.tenant_id == tenant_id, OptOut.phone_key == Contact.phone_key, OptOut.lifted_at.is_(None)
    )


def _there_is(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row beside the contact exists: looked up contact by contact.

    EXISTS becomes a join, and a join that was planned before a large import or a large group was counted reads
    it all for every contact.
    """
    return select(1).where(*conditions).limit(1).scalar_subquery().is_not(None)


def _both(marks: list[Mark]) -> Mark:
    return Mark(and_(*(mark.holds for mark in marks)), intersect(*(mark.ids for mark in marks)))


def _either(marks: list[Mark]) -> Mark:
    return Mark(or_(*(mark.holds for mark in marks)), union_all(*(mark.ids for mark in marks)))


def _begins(column: SQLColumnExpression[Any], prefix: str) -> list[ColumnElement[bool]]:
    bound = search.upper_bound(prefix)
    return [column >= prefix] + ([column < bound] if bound else [])
