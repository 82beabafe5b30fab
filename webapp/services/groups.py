"""Groups: what contacts are sorted into."""

import uuid
from typing import Any

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from webapp.db import db
from webapp.domain import fields
from webapp.domain.errors import Invalid, N_, NotFound
from webapp.models.contacts import Contact
from webapp.models.groups import Group, GroupContact
from webapp.services.events import emit
from webapp.services.pages import Page, page


def described(group: Group) -> dict[str, Any]:
    """The group as events and the API tell it."""
    return {
        "id": str(group.id),
        "name": group.name,
        "description": group.description,
        "isActive": group.is_active,
        "contactCount": group.contact_count,
    }


def listed(
    tenant_id: uuid.UUID, *, q: str = "", deleted: bool = False, **keys: uuid.UUID
) -> Page[Group]:
    """One page of groups, newest first; `q` is the beginning of the name."""
    query = Group.of(tenant_id, deleted=deleted)
    if q.strip():
        query = query.where(func.lower(Group.name).startswith(q.strip().lower(), autoescape=True))
    return page(query, Group.id, **keys)


def get(tenant_id: uuid.UUID, group_id: uuid.UUID, *, deleted: bool = False) -> Group:
    group = db.session.scalar(Group.of(tenant_id, deleted=deleted).where(Group.id == group_id))
    if group is None:
        raise NotFound(N_("There is no such group."))
    return group


def create(tenant_id: uuid.UUID, *, name: str, description: str = "", is_active: bool = True) -> Group:
    """Make an empty group; its name is unique among the living ones, whatever the case."""
    group = Group(tenant_id=tenant_id, **_clean(name, description), is_active=is_active)
    db.session.add(group)
    _flush()
    emit(tenant_id, "group_created", group.id, described(group))
    db.session.commit()
    return group


def update(
    tenant_id: uuid.UUID, group_id: uuid.UUID, *, name: str, description: str = "", is_active: bool = True
) -> Group:
    """Change what a group is called and whether campaigns may choose it."""
    group = get(tenant_id, group_id)
    for field, value in _clean(name, description).items():
        setattr(group, field, value)
    group.is_active = is_active
    _flush()
    emit(tenant_id, "group_updated", group.id, described(group))
    db.session.commit()
    return group


def remove(tenant_id: uuid.UUID, group_id: uuid.UUID) -> Group:
    """Move a group to the trash; its contacts stay."""
    group = get(tenant_id, group_id)
    group.deleted_at = func.now()
    emit(tenant_id, "group_deleted", group.id, described(group))
    db.session.commit()
    return group


def restore(tenant_id: uuid.UUID, group_id: uuid.UUID) -> Group:
    """Bring a group back from the trash with its members, if no other has taken its name."""
    group = get(tenant_id, group_id, deleted=True)
    group.deleted_at = None
    _flush()
    emit(tenant_id, "group_created", group.id, described(group))
    db.session.commit()
    return group


def add_contacts(tenant_id: uuid.UUID, group_id: uuid.UUID, contact_ids: list[uuid.UUID]) -> int:
    """Put contacts into a group; returns how many were not in it yet. Strangers among the ids are left out."""
    group = get(tenant_id, group_id)
    members = (
        select(Contact.tenant_id, literal(group.id), Contact.id)
        .where(Contact.tenant_id == tenant_id, Contact.id.in_(contact_ids), Contact.deleted_at.is_(None))
    )
    added = db.session.execute(
        insert(GroupContact)
        .from_select(["tenant_id", "group_id", "contact_id"], members)
        .on_conflict_do_nothing()
    ).rowcount
    return _told_membership(tenant_id, group, added)


def remove_contacts(tenant_id: uuid.UUID, group_id: uuid.UUID, contact_ids: list[uuid.UUID]) -> int:
    """Take contacts out of a group; returns how many were in it."""
    group = get(tenant_id, group_id)
    removed = db.session.execute(
        delete(GroupContact).where(
            GroupContact.tenant_id == tenant_id,
            GroupContact.group_id == group.id,
            GroupContact.contact_id.in_(contact_ids),
        )
    ).rowcount
    return _told_membership(tenant_id, group, removed)


def _told_membership(tenant_id: uuid.UUID, group: Group, changed: int) -> int:
    if changed:
        db.session.refresh(group)
        emit(tenant_id, "group_updated", group.id, described(group))
    db.session.commit()
    return changed


def _clean(name: str, description: str) -> dict[str, str]:
    return {
        "name": fields.line("name", name, 100),
        "description": fields.block("description", description, 1000, required=False),
    }


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        if "groups_name_alive" in str(error.orig):
            raise Invalid("name", N_("Another group has this name.")) from None
        raise
