"""People who write to us: the contact of an inbound message, found or made."""

import logging
import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, Label, case, exists, func, literal_column, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from webapp.db import db, rows_changed
from webapp.domain import fields, phones
from webapp.models.contacts import Contact
from webapp.services import opt_outs
from webapp.services.contacts import LONGEST_NAME, described
from webapp.services.events import emit

log = logging.getLogger(__name__)

_IS_NEW: Final[Label[bool]] = literal_column("old.id is null", Boolean).label("is_new")
_WAS_NAMED: Final[Label[bool]] = literal_column("old.name is distinct from new.name", Boolean).label(
    "was_named"
)


def seen(tenant_id: uuid.UUID, *, wa_id: str | None, user_id: str | None, name: str, at: datetime) -> Contact:
    """The living contact of somebody who wrote at this time, made if there is none. Commits nothing.

    A person is known by number, in whatever spelling, or by the id that WhatsApp gives those who hide it.
    An empty name is filled; a name that somebody typed here stays. Raises Invalid for ids of neither shape.
    """
    known = _by_user_id(tenant_id, user_id) if user_id else None
    who = _identity(wa_id, user_id, known)
    is_united = known is not None and known.phone_key != who["phone_key"] and _unite(known, who)
    contact, is_new, was_named = _upsert(tenant_id, {**who, "name": _shown(name), "last_inbound_at": at})
    if is_new:
        emit(tenant_id, "contact_created", contact.id, described(contact))
    elif is_united or was_named:
        emit(tenant_id, "contact_updated", contact.id, described(contact))
    return contact


def _by_user_id(tenant_id: uuid.UUID, user_id: str) -> Contact | None:
    query = Contact.of(tenant_id).where(Contact.whatsapp_user_id == user_id)
    return db.session.scalar(query.order_by(Contact.last_inbound_at.desc().nulls_last()).limit(1))


def _identity(wa_id: str | None, user_id: str | None, known: Contact | None) -> dict[str, Any]:
    who: dict[str, Any] = {"wa_id": wa_id or None, "whatsapp_user_id": user_id or None}
    if wa_id:
        phone = phones.from_wa_id(wa_id)
        return who | {"phone_number": phone.e164, "phone_key": phone.key}
    if known is not None:
        return who | {"phone_number": known.phone_number, "phone_key": known.phone_key}
    return who | {"phone_number": None, "phone_key": phones.bsuid_key(user_id or "")}


def _unite(known: Contact, who: dict[str, Any]) -> bool:
    """Somebody known by their id shows a number: theirs from now on, unless another contact has it; whether it is."""
    opt_outs.follow(known.tenant_id, known.phone_key, who["phone_key"])
    if known.phone_number is not None:
        return False  # a new number of somebody with an old one: a contact of its own
    holder = aliased(Contact)
    is_taken = exists().where(
        holder.tenant_id == known.tenant_id,
        holder.phone_key == who["phone_key"],
        holder.deleted_at.is_(None),
    )
    numbered = update(Contact).where(Contact.tenant_id == known.tenant_id, Contact.id == known.id, ~is_taken)
    try:
        with db.session.begin_nested():
            number = {"phone_number": who["phone_number"], "phone_key": who["phone_key"]}
            return bool(rows_changed(numbered.values(**number)))
    except IntegrityError:
        log.info("sender_united_elsewhere")  # somebody made a contact of this number at this very moment
        return False


def _upsert(tenant_id: uuid.UUID, values: dict[str, Any]) -> tuple[Contact, bool, bool]:
    # By the key, so that two messages at once make one contact.
    new = insert(Contact).values(tenant_id=tenant_id, **values)
    given = new.excluded
    statement = new.on_conflict_do_update(
        index_elements=["tenant_id", "phone_key"],
        index_where=Contact.deleted_at.is_(None),
        set_={
            "wa_id": func.coalesce(given.wa_id, Contact.wa_id),
            "whatsapp_user_id": func.coalesce(given.whatsapp_user_id, Contact.whatsapp_user_id),
            "name": case((Contact.name == "", given.name), else_=Contact.name),
            "last_inbound_at": func.greatest(Contact.last_inbound_at, given.last_inbound_at),
            "is_doubtful": False,
            "updated_at": func.now(),
        },
    ).returning(Contact, _IS_NEW, _WAS_NAMED)
    row = db.session.execute(statement, execution_options={"populate_existing": True}).one()
    return row[0], row[1], row[2]


def _shown(name: str) -> str:
    """The name as WhatsApp shows it, as far as a contact's name goes."""
    return fields.line("name", name[:LONGEST_NAME], LONGEST_NAME, required=False)
