"""Acts about contacts."""

import uuid
from typing import Final

from webapp.api.acts.act import Act, Holder, Told
from webapp.api.acts.kept import Kept
from webapp.api.shapes.contacts import Contact, ContactChange, ContactNew, ContactsAsked
from webapp.services import contacts, presence


def _create(holder: Holder, new: ContactNew) -> Told:
    presence.require_groups(holder.tenant_id, new.group_ids)
    return contacts.described(contacts.create(holder.tenant_id, **new.given()))


def _change(holder: Holder, key: uuid.UUID, change: ContactChange) -> Told:
    return contacts.described(contacts.update(holder.tenant_id, key, **change.given()))


def _opt_out(holder: Holder, key: uuid.UUID) -> Told:
    return contacts.described(contacts.opt_out(holder.tenant_id, key))


def _opt_in(holder: Holder, key: uuid.UUID) -> Told:
    return contacts.described(contacts.opt_in(holder.tenant_id, key))


_KEPT: Final = Kept(
    room="contacts",
    path="/contacts",
    noun="contact",
    wrapped="contact",
    scope="contacts",
    service=contacts,
    described=contacts.described,
    told=Contact,
    new=ContactNew,
    changed=ContactChange,
    asked=ContactsAsked,
    create=_create,
    change=_change,
)

ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _KEPT.act(
        "optOut", "Note that somebody wants no more messages: none reaches them from now on.", "POST", "/opt-out",
        _opt_out, gives=Contact, wrapped="contact",
    ),
    _KEPT.act(
        "optIn", "Take somebody's no back, as they asked for.", "POST", "/opt-in", _opt_in, gives=Contact,
        wrapped="contact",
    ),
)  # fmt: skip
