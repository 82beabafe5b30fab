"""Previews: a text as one real contact would read it, with what the plan would put in for the placeholders."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from webapp.db import db
from webapp.domain import placeholders
from webapp.domain.errors import Invalid, Refusal
from webapp.models.contacts import Contact
from webapp.services import audience, placeholder_names, placeholder_values
from webapp.services.audience import Audience
from webapp.services.placeholder_names import Names

EVERYBODY = Audience("all")


@dataclass(frozen=True, slots=True)
class Preview:
    """A text in one contact's hands, or in nobody's while there is no contact.

    `missing` are the placeholders, as written, that this contact has neither a value nor a default for;
    `refusal` is why it could not be sent at all.
    """

    text: str
    contact: Contact | None = None
    missing: tuple[str, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A text being written: its placeholders, what else could stand there, what nobody has a value for, and what
    looks like a placeholder and is none."""

    message: placeholders.Message
    names: Names
    unknown: tuple[str, ...]
    broken: tuple[str, ...] = ()

    @property
    def found(self) -> list[tuple[str, str]]:
        """Each placeholder once: its key, and as it is written."""
        return list(zip(self.message.keys, self.message.names, strict=True))


def draft(tenant_id: uuid.UUID, text: str) -> Draft:
    """What is known about the placeholders of a text that may be half written, or too long."""
    message = _compiled(text)
    names = placeholder_names.known(tenant_id)
    return Draft(message, names, tuple(names.unknown(message)), tuple(placeholders.broken(text)))


def of(tenant_id: uuid.UUID, text: str, defaults: Mapping[str, str], contact: Contact | None) -> Preview:
    """The text with this contact's values, else the defaults; placeholders without either stay as written."""
    message = _compiled(text)
    values = placeholder_values.of_contact(tenant_id, contact.id, message) if contact else {}
    by_key = placeholders.by_key(defaults)
    missing = tuple(message.missing(values, by_key)) if contact else ()
    try:
        placeholders.compile(text)
        return Preview(message.render(values, by_key), contact, missing)
    except Invalid as refusal:
        return Preview(text, contact, missing, refusal)


def reader(
    tenant_id: uuid.UUID,
    chosen: Audience = EVERYBODY,
    contact_id: uuid.UUID | None = None,
    beside: str = "",
) -> Contact | None:
    """Whose eyes a preview is seen with.

    Args:
        contact_id: who it was until now; nobody or a stranger is the newest who may be reached.
        beside: newer or older for the one beside; at either end it stays.
    """
    now = _contact(tenant_id, contact_id) if contact_id else None
    if now is None:
        return audience.beside(tenant_id, chosen)
    if beside in ("newer", "older"):
        return audience.beside(tenant_id, chosen, now.id, newer=beside == "newer") or now
    return now


def _compiled(text: str) -> placeholders.Message:
    """Too long a text too: it is refused when it is saved, not while it is written."""
    return placeholders.compile(text, limit=max(len(text), placeholders.MAX_TEXT))


def _contact(tenant_id: uuid.UUID, contact_id: uuid.UUID) -> Contact | None:
    contact: Contact | None = db.session.scalar(Contact.of(tenant_id).where(Contact.id == contact_id))
    return contact
