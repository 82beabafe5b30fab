"""Contacts: the people a tenant may write to, one living contact per person."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, func

from webapp.db import db
from webapp.domain import attributes as attribute_rules
from webapp.domain import fields, phones
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.models.contacts import Contact
from webapp.models.tenants import Tenant
from webapp.services import alone, audit, contact_lists, groups, opt_outs
from webapp.services.contact_search import Which
from webapp.services.events import emit
from webapp.services.locks import held, lock_tenant
from webapp.services.pages import Page

LONGEST_NAME: Final = 200

# What a person may take back for somebody. WhatsApp's own switch is theirs alone.
LIFTED_BY_PEOPLE: Final = ("stop_word", "page", "provider_error")

_TAKEN: Final = N_("This number is already in your list: %(name)s")
_TAKEN_MEANWHILE: Final = N_(
    "Somebody else in your list has this number by now: %(name)s. Change or delete that contact first."
)
_STOPPED_IN_WHATSAPP: Final = N_(
    "This person has switched off your marketing messages in WhatsApp. Only they can switch them on again, there."
)


def described(contact: Contact) -> dict[str, Any]:
    """The contact as events and the API tell it."""
    return {
        "id": str(contact.id),
        "phoneNumber": contact.phone_number,
        "name": contact.name,
        "attributes": contact.attributes,
        "isActive": contact.is_active,
        "createdAt": contact.created_at.isoformat(),
        "updatedAt": contact.updated_at.isoformat(),
    }


def described_in_sql() -> ColumnElement[Any]:
    """The same for many at once, inside a statement."""
    return func.jsonb_build_object(
        *("id", Contact.id, "phoneNumber", Contact.phone_number, "name", Contact.name),
        *("attributes", Contact.attributes, "isActive", Contact.is_active),
        *("createdAt", Contact.created_at, "updatedAt", Contact.updated_at),
    )


def called(contact: Contact) -> str:
    """How a contact is called where it has no name: by its number, if that is known."""
    return contact.name or (phones.pretty(contact.phone_number) if contact.phone_number else "")


def listed(
    tenant_id: uuid.UUID,
    *,
    q: str = "",
    group_id: uuid.UUID | None = None,
    status: str = "",
    deleted: bool = False,
    **keys: Any,
) -> Page[Contact]:
    """One page of contacts, newest first; `q`, `group_id`, `status` as in contact_search.Which."""
    return contact_lists.listed(tenant_id, Which(q, group_id, status, deleted), **keys)


def get(tenant_id: uuid.UUID, contact_id: uuid.UUID, *, deleted: bool = False) -> Contact:
    return _there(db.session.scalar(Contact.of(tenant_id, deleted=deleted).where(Contact.id == contact_id)))


def create(
    tenant_id: uuid.UUID,
    *,
    phone_number: str,
    name: str = "",
    attributes: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    is_active: bool = True,
    group_ids: Iterable[uuid.UUID] = (),
) -> Contact:
    """Add somebody by a number that no living contact has, however it is spelt."""
    contact = Contact(tenant_id=tenant_id, is_active=is_active)
    _write(contact, {**_number(contact, phone_number), **_words(name, attributes)})
    db.session.add(contact)
    _flush(contact)
    emit(tenant_id, "contact_created", contact.id, described(contact))
    groups.join(tenant_id, contact.id, group_ids)
    db.session.commit()
    return contact


def add_to_group(tenant_id: uuid.UUID, group_id: uuid.UUID, *, phone_number: str, name: str = "") -> Contact:
    """Put whoever has this number into a group; somebody unknown becomes a contact with this name."""
    groups.get(tenant_id, group_id)
    phone = _phone(tenant_id, phone_number)
    known: Contact | None = db.session.scalar(Contact.of(tenant_id).where(Contact.phone_key == phone.key))
    if known is None:
        return create(tenant_id, phone_number=phone_number, name=name, group_ids=[group_id])
    groups.add_contacts(tenant_id, group_id, [known.id])
    return known


def update(
    tenant_id: uuid.UUID,
    contact_id: uuid.UUID,
    *,
    phone_number: str | None = None,
    name: str | None = None,
    attributes: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    is_active: bool | None = None,
) -> Contact:
    """Change somebody; what is None stays as it is.

    When this deactivates them, no message reaches them any more once it has returned.

    Who said no to messages has said so for a new number, too.
    """
    lock_tenant(tenant_id)
    contact = _held(tenant_id, contact_id)
    known_as = contact.phone_key
    _write(contact, {} if phone_number is None else _number(contact, phone_number))
    _write(contact, _words(name, attributes))
    contact.is_active = contact.is_active if is_active is None else is_active
    if db.session.is_modified(contact):
        _flush(contact)
        opt_outs.follow(tenant_id, known_as, contact.phone_key)
        emit(tenant_id, "contact_updated", contact.id, described(contact))
    db.session.commit()
    return contact


def remove(tenant_id: uuid.UUID, contact_id: uuid.UUID) -> Contact:
    """Move somebody to the trash: once this has returned, no message reaches them any more."""
    lock_tenant(tenant_id)
    contact = _held(tenant_id, contact_id)
    contact.deleted_at = func.clock_timestamp()
    emit(tenant_id, "contact_deleted", contact.id, described(contact))
    db.session.commit()
    return contact


def restore(tenant_id: uuid.UUID, contact_id: uuid.UUID) -> Contact:
    """Bring somebody back from the trash with their groups, unless another living contact has their number."""
    contact = _held(tenant_id, contact_id, deleted=True)
    contact.deleted_at = None
    try:
        _flush(contact)
    except Invalid as taken:
        raise Conflict(_TAKEN_MEANWHILE, **taken.values) from None
    emit(tenant_id, "contact_created", contact.id, described(contact))
    db.session.commit()
    return contact


def opt_out(tenant_id: uuid.UUID, contact_id: uuid.UUID, *, by: uuid.UUID | None = None) -> Contact:
    """Note that somebody wants no more messages: once this has returned, none reaches them any more."""
    lock_tenant(tenant_id)
    contact = get(tenant_id, contact_id)
    if opt_outs.add(tenant_id, contact.phone_key, "page"):
        _tell_choice(contact, by, opted_out=True)
    db.session.commit()
    return contact


def opt_in(tenant_id: uuid.UUID, contact_id: uuid.UUID, *, by: uuid.UUID | None = None) -> Contact:
    """Take somebody's no back, as they asked for.

    Raises:
        Conflict: they said it with WhatsApp's own switch, which is theirs alone.
    """
    contact = get(tenant_id, contact_id)
    if opt_outs.lift(tenant_id, contact.phone_key, *LIFTED_BY_PEOPLE):
        _tell_choice(contact, by, opted_out=bool(opt_outs.standing(tenant_id, [contact.phone_key])))
    elif opt_outs.standing(tenant_id, [contact.phone_key]):
        raise Conflict(_STOPPED_IN_WHATSAPP)
    db.session.commit()
    return contact


def _tell_choice(contact: Contact, by: uuid.UUID | None, *, opted_out: bool) -> None:
    audit.record(contact.tenant_id, by, "contact_opted_out" if opted_out else "contact_opted_in", contact.id)
    emit(contact.tenant_id, "contact_updated", contact.id, {**described(contact), "optedOut": opted_out})


def _held(tenant_id: uuid.UUID, contact_id: uuid.UUID, *, deleted: bool = False) -> Contact:
    """The contact with its row locked: what they wrote to us meanwhile changes it, too."""
    return _there(held(Contact.of(tenant_id, deleted=deleted).where(Contact.id == contact_id)))


def _there(contact: Contact | None) -> Contact:
    if contact is None:
        raise NotFound(N_("There is no such contact."))
    return contact


def _write(contact: Contact, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        setattr(contact, field, value)


def _words(
    name: str | None, attributes: Mapping[str, str] | Iterable[tuple[str, str]] | None
) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if name is not None:
        words["name"] = fields.line("name", name, LONGEST_NAME, required=False)
    if attributes is not None:
        pairs = attributes.items() if isinstance(attributes, Mapping) else attributes
        words["attributes"] = attribute_rules.cleaned(pairs)
    return words


def _number(contact: Contact, text: str) -> dict[str, Any]:
    """What a typed number changes. Who hides it, and is known by their WhatsApp id, may stay without."""
    if contact.whatsapp_user_id and contact.phone_number is None and not text.strip():
        return {}
    phone = _phone(contact.tenant_id, text)
    if phone.e164 == contact.phone_number:
        return {}  # whoever has written to us is no longer doubtful, whatever the shape of their number
    return {
        "phone_number": phone.e164,
        "phone_key": phone.key,
        "is_doubtful": phone.doubtful,
        "wa_id": None,
    }


def _phone(tenant_id: uuid.UUID, text: str) -> phones.Phone:
    return phones.parse(text, db.session.get_one(Tenant, tenant_id).default_country)


def _flush(contact: Contact) -> None:
    tenant_id, number = contact.tenant_id, contact.phone_number
    twin = Contact.of(tenant_id).where(Contact.phone_key == contact.phone_key)

    def refusal() -> Invalid:
        holder = db.session.scalar(twin)
        name = called(holder) if holder else phones.pretty(number or "")
        return Invalid("phone_number", _TAKEN, name=name)

    alone.flush(contact, twin, "contacts_phone_key_alive", refusal)
