"""Acts about groups."""

import uuid
from typing import Final

from webapp.api.acts.act import Act, Holder, Told
from webapp.api.acts.kept import Kept
from webapp.api.shapes.groups import Group, GroupChange, GroupNew, Members, MembersAdded, MembersRemoved
from webapp.api.shapes.lists import Asked
from webapp.services import groups, presence


def _create(holder: Holder, new: GroupNew) -> Told:
    return groups.described(groups.create(holder.tenant_id, **new.given()))


def _change(holder: Holder, key: uuid.UUID, change: GroupChange) -> Told:
    return groups.described(groups.update(holder.tenant_id, key, **change.given()))


def _add(holder: Holder, key: uuid.UUID, members: Members) -> Told:
    presence.require_contacts(holder.tenant_id, members.contact_ids)
    added = groups.add_contacts(holder.tenant_id, key, members.contact_ids)
    return {"group": groups.described(groups.get(holder.tenant_id, key)), "added": added}


def _take_out(holder: Holder, key: uuid.UUID, members: Members) -> Told:
    presence.require_contacts(holder.tenant_id, members.contact_ids)
    removed = groups.remove_contacts(holder.tenant_id, key, members.contact_ids)
    return {"group": groups.described(groups.get(holder.tenant_id, key)), "removed": removed}


_KEPT: Final = Kept(
    room="groups",
    path="/groups",
    noun="group",
    wrapped="group",
    scope="contacts",
    service=groups,
    described=groups.described,
    told=Group,
    new=GroupNew,
    changed=GroupChange,
    asked=Asked,
    create=_create,
    change=_change,
)

ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _KEPT.act(
        "addContacts", "Put contacts into a group: all of them, or none when one is not there.", "POST", "/contacts",
        _add, takes=Members, gives=MembersAdded, id_name="groupId",
    ),
    _KEPT.act(
        "removeContacts", "Take contacts out of a group; they stay contacts.", "POST", "/contacts/remove", _take_out,
        takes=Members, gives=MembersRemoved, id_name="groupId",
    ),
)  # fmt: skip
