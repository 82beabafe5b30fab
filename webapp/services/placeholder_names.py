"""Placeholder names: what a tenant's contacts have values for, as far as a look at the newest of them tells."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, true

from webapp.db import db
from webapp.domain import placeholders
from webapp.domain.search import lower
from webapp.models.contacts import Contact
from webapp.services.placeholder_values import BUILT_IN

# What every contact has, as it is offered; BUILT_IN knows more spellings.
EVERYBODYS: Final = ("name", "first name", "phone")
# How many of the newest contacts are looked at: no page waits for a million.
SAMPLE: Final = 1000
MOST_OFFERED: Final = 12
_MOST_ATTRIBUTES: Final = 500


@dataclass(frozen=True, slots=True)
class Names:
    """The names to offer, the most used first, and all that were seen, in lower case."""

    offered: tuple[str, ...]
    seen: frozenset[str]
    has_contacts: bool

    def unknown(self, message: placeholders.Message) -> list[str]:
        """The placeholders of a message, as written, that nobody looked at has a value for."""
        if not self.has_contacts:
            return []
        return [
            name
            for name, key in zip(message.names, message.keys, strict=True)
            if key not in BUILT_IN and not {key, lower(name)} & self.seen
        ]


def known(tenant_id: uuid.UUID) -> Names:
    """The placeholder names that this tenant can use."""
    newest = (
        Contact.of(tenant_id)
        .with_only_columns(Contact.attributes)
        .order_by(Contact.id.desc())
        .limit(SAMPLE)
        .subquery("newest")
    )
    keys = func.jsonb_object_keys(newest.c.attributes).table_valued("name", name="attributes")
    most_used = (
        select(keys.c.name)
        .group_by(keys.c.name)
        .order_by(func.count().desc(), keys.c.name)
        .limit(_MOST_ATTRIBUTES)
    )
    names = list(db.session.scalars(most_used.select_from(newest.join(keys, true()))))
    return Names(
        (*EVERYBODYS, *_usable(names)[:MOST_OFFERED]),
        frozenset(map(lower, names)),
        bool(names) or db.session.scalar(select(newest).limit(1)) is not None,
    )


def _usable(names: Collection[str]) -> list[str]:
    """Those that can stand between braces, in their most used spelling, and do not mean what everybody has."""
    by_key: dict[str, str] = {}
    for name in names:
        if placeholders.names(f"{{{{{name}}}}}") == [name]:
            by_key.setdefault(placeholders.key(name), name)
    return [name for key, name in by_key.items() if key not in BUILT_IN]
