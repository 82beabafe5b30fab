"""Contacts, many at once: into the trash and back."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Update, exists, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from webapp.db import db
from webapp.domain.errors import N_, Conflict
from webapp.models.contacts import Contact
from webapp.services.contact_search import Which, among, is_chosen
from webapp.services.contacts import described_in_sql
from webapp.services.events import emit_each
from webapp.services.locks import lock_tenant

_MEANWHILE: Final = N_("Somebody added one of these numbers at this very moment. Try again.")


@dataclass(frozen=True, slots=True)
class Removed:
    """How many went into the trash, and when: all of one click at one moment, by which they come back."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """How many came back, and how many could not because a living contact has their number by now."""

    number: int
    taken: int


def remove(
    tenant_id: uuid.UUID, chosen: Collection[uuid.UUID] | Which, *, at: datetime | None = None
) -> Removed:
    """Move people to the trash: once this has returned, no message reaches them any more.

    Args:
        at: the moment by which they come back, when they are a part of more; else that of this click.
    """
    lock_tenant(tenant_id)
    # After the lock, so that no two clicks of a tenant share it.
    at = at or db.session.scalars(select(func.clock_timestamp())).one()
    gone = update(Contact).where(
        Contact.tenant_id == tenant_id,
        Contact.deleted_at.is_(None),
        is_chosen(tenant_id, chosen),
    )
    number = _change("contact_deleted", gone.values(deleted_at=at))
    db.session.commit()
    return Removed(number, at)


def restore(tenant_id: uuid.UUID, chosen: Collection[uuid.UUID] | datetime) -> Restored:
    """Bring people back from the trash: those who were ticked, or exactly those of one click."""
    asked = Contact.deleted_at == chosen if isinstance(chosen, datetime) else Contact.id.in_(chosen)
    in_trash = (Contact.tenant_id == tenant_id, Contact.deleted_at.is_not(None), asked)
    wanted = db.session.scalar(select(func.count()).select_from(Contact).where(*in_trash)) or 0
    # Of several with one number the one that was deleted last comes back.
    last = (
        select(Contact.id)
        .ext(distinct_on(Contact.phone_key))
        .where(*in_trash, ~_has_living_twin(tenant_id))
        .order_by(Contact.phone_key, Contact.deleted_at.desc())
    )
    back = update(Contact).where(Contact.tenant_id == tenant_id, among(last)).values(deleted_at=None)
    try:
        number = _change("contact_created", back)
    except IntegrityError:
        db.session.rollback()
        raise Conflict(_MEANWHILE) from None
    db.session.commit()
    return Restored(number, wanted - number)


def _has_living_twin(tenant_id: uuid.UUID) -> ColumnElement[bool]:
    twin = aliased(Contact)
    return exists().where(
        twin.tenant_id == tenant_id, twin.phone_key == Contact.phone_key, twin.deleted_at.is_(None)
    )


def _change(event: str, change: Update) -> int:
    """Do it and tell it, person by person, in one statement; returns how many they were."""
    rows: Any = change.returning(Contact.tenant_id, Contact.id, described_in_sql().label("payload")).cte(
        "changed"
    )
    return emit_each(event, select(rows.c.tenant_id, rows.c.id, rows.c.payload))
