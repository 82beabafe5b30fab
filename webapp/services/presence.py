"""Presence: whether everything that a program names is there. One that is missing and a stranger's look the same."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select

from webapp.db import db
from webapp.domain.errors import N_, NotFound
from webapp.models.contacts import Contact
from webapp.models.groups import Group


def require_contacts(
    tenant_id: uuid.UUID, contact_ids: Collection[uuid.UUID], *, deleted: bool = False
) -> None:
    """Raises NotFound when one of the contacts is not there, or not in the trash (`deleted`)."""
    wanted = set(contact_ids)
    if _count(Contact.of(tenant_id, deleted=deleted).where(Contact.id.in_(wanted))) < len(wanted):
        raise NotFound(N_("One of these contacts is not there. Nothing was changed."))


def require_groups(tenant_id: uuid.UUID, group_ids: Collection[uuid.UUID]) -> None:
    """Raises NotFound when one of the groups is not there."""
    wanted = set(group_ids)
    if _count(Group.of(tenant_id).where(Group.id.in_(wanted))) < len(wanted):
        raise NotFound(N_("One of these groups is not there. Nothing was changed."))


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
