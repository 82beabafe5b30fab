"""Acts about contacts."""

import uuid
from typing import Any, Final

from webapp.api.acts.act import Act, Holder, Told
from webapp.api.acts.kept import Kept
from webapp.api.shapes.contacts import (
    Contact,
    ContactChange,
    ContactNew,
    Contacts,
    ContactsAsked,
    ContactsDeleted,
    ContactsRestored,
    ContactWhole,
)
from webapp.services import contact_bulk, contact_erasure, contacts, groups, opt_outs, presence


def _look(holder: Holder, key: uuid.UUID) -> Told:
    return _whole(contacts.get(holder.tenant_id, key))


def _whole(contact: Any) -> Told:
    """With what stands beside it: its groups, and whether it said no."""
    joined = groups.of_contacts(contact.tenant_id, [contact.id]).get(contact.id, ())
    noes = opt_outs.standing(contact.tenant_id, [contact.phone_key])
    return contacts.described(contact) | {
        "groupIds": [str(group.id) for group in joined],
        "optOuts": [{"source": no.source, "at": no.at.isoformat()} for no in noes],
        "isDoubtful": contact.is_doubtful,
    }


def _create(holder: Holder, new: ContactNew) -> Told:
    presence.require_groups(holder.tenant_id, new.group_ids)
    return _whole(contacts.create(holder.tenant_id, **new.given()))


def _change(holder: Holder, key: uuid.UUID, change: ContactChange) -> Told:
    return _whole(contacts.update(holder.tenant_id, key, **change.given()))


def _opt_out(holder: Holder, key: uuid.UUID) -> Told:
    return _whole(contacts.opt_out(holder.tenant_id, key))


def _opt_in(holder: Holder, key: uuid.UUID) -> Told:
    return _whole(contacts.opt_in(holder.tenant_id, key))


def _erase(holder: Holder, key: uuid.UUID) -> None:
    contact_erasure.erase(holder.tenant_id, key)


def _delete_many(holder: Holder, chosen: Contacts) -> Told:
    presence.require_contacts(holder.tenant_id, chosen.contact_ids)
    return {"deleted": contact_bulk.remove(holder.tenant_id, chosen.contact_ids).number}


def _restore_many(holder: Holder, chosen: Contacts) -> Told:
    presence.require_contacts(holder.tenant_id, chosen.contact_ids, deleted=True)
    back = contact_bulk.restore(holder.tenant_id, chosen.contact_ids)
    return {"restored": back.number, "taken": back.taken}


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
    look=_look,
    told_whole=ContactWhole,
)
_WHOLE: Final[dict[str, Any]] = {"gives": ContactWhole, "wrapped": "contact"}

ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _KEPT.act(
        "optOut", "Note that somebody wants no more messages: none reaches them from now on.", "POST", "/opt-out",
        _opt_out, **_WHOLE,
    ),
    _KEPT.act("optIn", "Take somebody's no back, as they asked for.", "POST", "/opt-in", _opt_in, **_WHOLE),
    _KEPT.act(
        "erase", "Take somebody in the trash out of everything, for good. Their no to messages stays, without them.",
        "POST", "/erase", _erase, scope="contacts:erase", status=204,
    ),
    _KEPT.act_on_many(
        "deleteMany", "Move contacts to the trash: all of them, or none when one is not there.", "/delete",
        _delete_many, takes=Contacts, gives=ContactsDeleted,
    ),
    _KEPT.act_on_many(
        "restoreMany", "Bring contacts back from the trash; one whose number somebody else has by now stays there.",
        "/restore", _restore_many, takes=Contacts, gives=ContactsRestored,
    ),
)  # fmt: skip
