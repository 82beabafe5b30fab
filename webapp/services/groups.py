"""Groups: what contacts are sorted into."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from webapp.db import db, rows_changed
from webapp.domain import fields
from webapp.domain.errors import N_, Invalid, NotFound
from webapp.models.contacts import Contact
from webapp.models.groups import Group, GroupContact
from webapp.services import alone
from webapp.services.contact_search import Which, is_chosen
from webapp.services.events import emit
from webapp.services.locks import held
from webapp.services.pages import Page, has_part, page

# A select box with more would help nobody.
MOST_CHOICES: Final = 500


def described(group: Group) -> dict[str, Any]:
    """The group as events and the API tell it."""
    return {
        "id": str(group.id),
        "name": group.name,
        "description": group.description,
        "isActive": group.is_active,
        "contactCount": group.contact_count,
        "createdAt": group.created_at.isoformat(),
        "updatedAt": group.updated_at.isoformat(),
    }


def listed(tenant_id: uuid.UUID, *, q: str = "", deleted: bool = False, **keys: Any) -> Page[Group]:
    """One page of groups, newest first; `q` is a part of the name."""
    query = Group.of(tenant_id, deleted=deleted)
    if q.strip():
        query = query.where(has_part(Group.name, q))
    return page(query, Group.id, **keys)


def get(tenant_id: uuid.UUID, group_id: uuid.UUID, *, deleted: bool = False) -> Group:
    return _there(db.session.scalar(Group.of(tenant_id, deleted=deleted).where(Group.id == group_id)))


def create(tenant_id: uuid.UUID, *, name: str, description: str = "", is_active: bool = True) -> Group:
    """Make an empty group; its name is unique among the living ones, whatever the case."""
    group = Group(tenant_id=tenant_id, **_clean(name, description), is_active=is_active)
    db.session.add(group)
    _flush(group)
    emit(tenant_id, "group_created", group.id, described(group))
    db.session.commit()
    return group


def update(
    tenant_id: uuid.UUID,
    group_id: uuid.UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    is_active: bool | None = None,
) -> Group:
    """Change what a group is called and whether campaigns may choose it; what is None stays as it is."""
    group = _held(tenant_id, group_id)
    typed = (group.name if name is None else name, group.description if description is None else description)
    for field, value in _clean(*typed).items():
        setattr(group, field, value)
    group.is_active = group.is_active if is_active is None else is_active
    if db.session.is_modified(group):
        _flush(group)
        emit(tenant_id, "group_updated", group.id, described(group))
    db.session.commit()
    return group


def remove(tenant_id: uuid.UUID, group_id: uuid.UUID) -> Group:
    """Move a group to the trash; its contacts stay."""
    group = _held(tenant_id, group_id)
    group.deleted_at = func.now()
    emit(tenant_id, "group_deleted", group.id, described(group))
    db.session.commit()
    return group


def restore(tenant_id: uuid.UUID, group_id: uuid.UUID) -> Group:
    """Bring a group back from the trash with its members, if no other has taken its name."""
    group = _held(tenant_id, group_id, deleted=True)
    group.deleted_at = None
    _flush(group)
    emit(tenant_id, "group_created", group.id, described(group))
    db.session.commit()
    return group


def choices(tenant_id: uuid.UUID) -> list[Group]:
    """The groups that a list to choose from shows, by name."""
    query = Group.of(tenant_id).order_by(func.lower(Group.name)).limit(MOST_CHOICES)
    return list(db.session.scalars(query))


def of_contacts(tenant_id: uuid.UUID, contact_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Group]]:
    """The groups of each of these contacts, by name."""
    query = (
        select(GroupContact.contact_id, Group)
        .join(Group, (Group.tenant_id == GroupContact.tenant_id) & (Group.id == GroupContact.group_id))
        .where(
            GroupContact.tenant_id == tenant_id,
            GroupContact.contact_id.in_(contact_ids),
            Group.deleted_at.is_(None),
        )
    )
    found: dict[uuid.UUID, list[Group]] = {}
    for contact_id, group in db.session.execute(query.order_by(func.lower(Group.name))):
        found.setdefault(contact_id, []).append(group)
    return found


def join(tenant_id: uuid.UUID, contact_id: uuid.UUID, group_ids: Iterable[uuid.UUID]) -> None:
    """Put one contact into groups, and tell it. Commits nothing."""
    for group in db.session.scalars(Group.of(tenant_id).where(Group.id.in_(set(group_ids)))):
        _tell(group, _put_in(group, Contact.id == contact_id))


def add_contacts(tenant_id: uuid.UUID, group_id: uuid.UUID, chosen: Collection[uuid.UUID] | Which) -> int:
    """Put contacts into a group; returns how many were not in it yet. Strangers among them are left out.

    Of all that match, one call takes at most contact_search.MOST_AT_ONCE who are not in it yet.
    """
    group = get(tenant_id, group_id)
    added = _put_in(group, is_chosen(tenant_id, chosen, outside=group.id))
    _tell(group, added)
    db.session.commit()
    return added


def remove_contacts(tenant_id: uuid.UUID, group_id: uuid.UUID, chosen: Collection[uuid.UUID] | Which) -> int:
    """Take contacts out of a group; returns how many were in it. The contacts stay."""
    group = get(tenant_id, group_id)
    removed = rows_changed(
        delete(GroupContact).where(
            GroupContact.tenant_id == tenant_id,
            GroupContact.group_id == group.id,
            is_chosen(tenant_id, chosen, GroupContact.contact_id),
        )
    )
    _tell(group, removed)
    db.session.commit()
    return removed


def _held(tenant_id: uuid.UUID, group_id: uuid.UUID, *, deleted: bool = False) -> Group:
    """The group with its row locked."""
    return _there(held(Group.of(tenant_id, deleted=deleted).where(Group.id == group_id)))


def _there(group: Group | None) -> Group:
    if group is None:
        raise NotFound(N_("There is no such group."))
    return group


def _put_in(group: Group, who: ColumnElement[bool]) -> int:
    """Take these living contacts of the group's tenant into it; returns how many are new there."""
    members = select(Contact.tenant_id, literal(group.id), Contact.id).where(
        Contact.tenant_id == group.tenant_id, Contact.deleted_at.is_(None), who
    )
    columns = ["tenant_id", "group_id", "contact_id"]
    put = insert(GroupContact).from_select(columns, members).on_conflict_do_nothing()
    return rows_changed(put)


def _tell(group: Group, changed: int) -> None:
    if changed:
        db.session.refresh(group)
        emit(group.tenant_id, "group_updated", group.id, described(group))


def _clean(name: str, description: str) -> dict[str, str]:
    return {
        "name": fields.line("name", name, 100),
        "description": fields.block("description", description, 1000, required=False),
    }


def _flush(group: Group) -> None:
    twin = Group.of(group.tenant_id).where(func.lower(Group.name) == func.lower(group.name))
    refusal = Invalid("name", N_("Another group has this name."))
    alone.flush(group, twin, "groups_name_alive", lambda: refusal)
