"""Who a campaign reaches, and who it leaves out and why. The wizard counts with it, the plan writes with it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.sql.selectable import Subquery

from webapp.db import db
from webapp.domain import placeholders
from webapp.models.contacts import Contact
from webapp.models.groups import Group, GroupContact
from webapp.models.opt_outs import OptOut
from webapp.services import placeholder_values

# In this order: whoever is left out for several reasons is counted under the first.
REASONS: Final = ("deleted", "opted_out", "inactive", "no_number", "doubtful", "missing_value")
TWICE: Final = "twice"

# For so long after somebody's last message free text reaches them (whatsapp-wire.md A.1).
WINDOW: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a person chose.

    `recipient_type` is groups, contacts or all; `recipient_ids` the groups or contacts.
    """

    recipient_type: str = "groups"
    recipient_ids: tuple[uuid.UUID, ...] = ()
    exclude_doubtful: bool = False

    @property
    def is_somebody(self) -> bool:
        return self.recipient_type == "all" or bool(self.recipient_ids)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Audience":
        """From campaigns.audience."""
        return cls(
            stored.get("recipient_type", "groups"),
            tuple(uuid.UUID(text) for text in stored.get("recipient_ids", ())),
            bool(stored.get("exclude_doubtful", False)),
        )

    def stored(self) -> dict[str, Any]:
        return {
            "recipient_type": self.recipient_type,
            "recipient_ids": [str(key) for key in self.recipient_ids],
            "exclude_doubtful": self.exclude_doubtful,
        }


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a campaign reaches, and how many it leaves out by reason.

    `recent` of those it reaches wrote within the last 24 hours.
    """

    reached: int
    excluded: dict[str, int] = field(default_factory=dict)
    recent: int = 0


def candidates(
    tenant_id: uuid.UUID, audience: Audience, message: placeholders.Message, defaults: Mapping[str, str]
) -> Subquery:
    """Each chosen contact once, with the reason to leave it out (null: it is reached) and its placeholder values."""
    return (
        select(
            Contact.id,
            Contact.phone_number,
            Contact.phone_key,
            Contact.last_inbound_at,
            _reason(tenant_id, audience, message, defaults).label("reason"),
            placeholder_values.of(message).label("message_data"),
        )
        .where(Contact.tenant_id == tenant_id, _chosen(tenant_id, audience))
        .subquery("candidates")
    )


def reach(
    tenant_id: uuid.UUID, audience: Audience, message: placeholders.Message, defaults: Mapping[str, str]
) -> Reach:
    """Count whom a campaign would reach now."""
    found = candidates(tenant_id, audience, message, defaults)
    recent = func.count().filter(found.c.last_inbound_at > func.now() - WINDOW)
    rows = db.session.execute(
        select(found.c.reason, func.count().label("people"), recent.label("recent")).group_by(found.c.reason)
    ).all()
    counted = {row.reason: row.people for row in rows if row.reason}
    if repeats := _repeats(tenant_id, audience, sum(row.people for row in rows)):
        counted[TWICE] = repeats
    reached = next((row for row in rows if row.reason is None), None)
    return Reach(reached.people, counted, reached.recent) if reached else Reach(0, counted)


def left_out(
    tenant_id: uuid.UUID,
    audience: Audience,
    message: placeholders.Message,
    defaults: Mapping[str, str],
    reason: str,
    limit: int = 200,
) -> list[Contact]:
    """Some of those who are left out for one reason, for a person to look at."""
    if reason == TWICE:
        ids: Select[Any] = (
            _memberships(tenant_id, audience).group_by(GroupContact.contact_id).having(func.count() > 1)
        )
    else:
        found = candidates(tenant_id, audience, message, defaults)
        ids = select(found.c.id).where(found.c.reason == reason)
    everyone = select(Contact).where(Contact.tenant_id == tenant_id, Contact.id.in_(ids))
    return list(db.session.scalars(everyone.order_by(Contact.id.desc()).limit(limit)))


def twice(tenant_id: uuid.UUID, audience: Audience) -> int:
    """How many of the chosen memberships are repeats: people in several of the chosen groups."""
    people = _memberships(tenant_id, audience).distinct().subquery()
    return _repeats(tenant_id, audience, db.session.scalar(select(func.count()).select_from(people)) or 0)


def beside(
    tenant_id: uuid.UUID, audience: Audience, contact_id: uuid.UUID | None = None, *, newer: bool = False
) -> Contact | None:
    """Somebody the campaign may reach, whatever its message: the newest, or the next one beside this contact."""
    found = candidates(tenant_id, audience, placeholders.compile(""), {})
    ids = select(found.c.id).where(found.c.reason.is_(None))
    if contact_id is not None:
        ids = ids.where(found.c.id > contact_id if newer else found.c.id < contact_id)
    ids = ids.order_by(found.c.id.asc() if newer else found.c.id.desc()).limit(1)
    return db.session.scalar(select(Contact).where(Contact.tenant_id == tenant_id, Contact.id.in_(ids)))


def _repeats(tenant_id: uuid.UUID, audience: Audience, people: int) -> int:
    if audience.recipient_type != "groups" or len(audience.recipient_ids) < 2:
        return 0
    members = _memberships(tenant_id, audience).subquery()
    return (db.session.scalar(select(func.count()).select_from(members)) or 0) - people


def _memberships(tenant_id: uuid.UUID, audience: Audience) -> Select[uuid.UUID]:
    """The contacts of the chosen groups, once per membership, of groups that live and may be chosen."""
    return (
        select(GroupContact.contact_id)
        .join(Group, and_(Group.tenant_id == GroupContact.tenant_id, Group.id == GroupContact.group_id))
        .where(
            GroupContact.tenant_id == tenant_id,
            GroupContact.group_id.in_(audience.recipient_ids),
            Group.deleted_at.is_(None),
            Group.is_active,
        )
    )


def _chosen(tenant_id: uuid.UUID, audience: Audience) -> ColumnElement[bool]:
    if audience.recipient_type == "all":
        # Everyone means everyone who is there: the trash is no choice that somebody made.
        return Contact.deleted_at.is_(None)
    if audience.recipient_type == "contacts":
        return Contact.id.in_(audience.recipient_ids)
    return Contact.id.in_(_memberships(tenant_id, audience))


def _reason(
    tenant_id: uuid.UUID, audience: Audience, message: placeholders.Message, defaults: Mapping[str, str]
) -> ColumnElement[str | None]:
    opted_out = exists().where(
        OptOut.tenant_id == tenant_id, OptOut.phone_key == Contact.phone_key, OptOut.lifted_at.is_(None)
    )
    doubtful = Contact.is_doubtful if audience.exclude_doubtful else literal(False)
    tests: Sequence[tuple[SQLColumnExpression[bool], str]] = (
        (Contact.deleted_at.is_not(None), "deleted"),
        (opted_out, "opted_out"),
        (~Contact.is_active, "inactive"),
        (Contact.phone_number.is_(None), "no_number"),
        (doubtful, "doubtful"),
        (placeholder_values.lacks_one(message, defaults), "missing_value"),
    )
    return case(*((test, reason) for test, reason in tests), else_=None)
