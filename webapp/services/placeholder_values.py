"""Placeholder values: what a contact has for the placeholders of a message, in SQL, for the plan and for previews."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, SQLColumnExpression, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from webapp.db import db
from webapp.domain import placeholders
from webapp.domain.search import lower
from webapp.models.contacts import Contact

# Placeholders that every contact has; anything else is an attribute.
BUILT_IN: Final[dict[str, SQLColumnExpression[Any]]] = {
    "name": Contact.name,
    "first name": func.split_part(Contact.name, " ", 1),
    "first_name": func.split_part(Contact.name, " ", 1),
    "phone": Contact.phone_number,
    "phone number": Contact.phone_number,
    "phone_number": Contact.phone_number,
}


def lacks_one(message: placeholders.Message, defaults: Mapping[str, str]) -> ColumnElement[bool]:
    """Whether a contact has no value for some placeholder that has no default either."""
    needed = [
        (name, key) for name, key in zip(message.names, message.keys, strict=True) if not defaults.get(key)
    ]
    return or_(literal(False), *(func.coalesce(_value(name, key), "") == "" for name, key in needed))


def of(message: placeholders.Message) -> ColumnElement[Any]:
    """{"key": "value"} of the message's placeholders, without those that the contact has no value for."""
    pairs: list[SQLColumnExpression[Any]] = []
    for name, key in zip(message.names, message.keys, strict=True):
        pairs += [literal(key), _value(name, key)]
    return func.jsonb_strip_nulls(func.jsonb_build_object(*pairs)) if pairs else cast(literal("{}"), JSONB)


def of_contact(tenant_id: uuid.UUID, contact_id: uuid.UUID, message: placeholders.Message) -> dict[str, str]:
    """The values for a message's placeholders that the plan would take from this contact, by key."""
    query = select(of(message)).where(Contact.tenant_id == tenant_id, Contact.id == contact_id)
    return db.session.scalar(query) or {}


def _value(name: str, key: str) -> SQLColumnExpression[Any]:
    if key in BUILT_IN:
        return BUILT_IN[key]
    # Most contacts spell the attribute as the placeholder does: looked up first, because pairs cost ten times more.
    exactly = [
        func.nullif(Contact.attributes[spelling].astext, "") for spelling in dict.fromkeys((name, key))
    ]
    return func.coalesce(*exactly, _spelt_otherwise(name, key))


def _spelt_otherwise(name: str, key: str) -> ColumnElement[Any]:
    pair = func.jsonb_each_text(Contact.attributes).table_valued("key", "value", name="pairs")
    spelt = func.lower(pair.c.key).in_({key, lower(name)})
    found = select(func.max(pair.c.value)).select_from(pair).where(spelt).scalar_subquery()
    return case((Contact.attributes != literal({}, JSONB), found))
