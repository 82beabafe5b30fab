"""Rows for tests, made the way a person would make them: through the verbs."""

import itertools
import uuid
from typing import Any

from webapp.models.contacts import Contact
from webapp.models.groups import Group
from webapp.services import contacts, groups

_numbers = itertools.count(1)


def make_contact(tenant_id: uuid.UUID, name: str = "Dana", **fields: Any) -> Contact:
    """A living contact; each has another number unless `phone_number` says which."""
    fields.setdefault("phone_number", f"+4915120{next(_numbers):06d}")
    return contacts.create(tenant_id, name=name, **fields)


def make_group(tenant_id: uuid.UUID, name: str = "Friends", *members: Contact, **fields: Any) -> Group:
    """A living group with these contacts in it."""
    group = groups.create(tenant_id, name=name, **fields)
    groups.add_contacts(tenant_id, group.id, [member.id for member in members])
    return group
