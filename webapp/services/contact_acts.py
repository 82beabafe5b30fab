"""Contact acts: what is done with very many contacts at once, in steps of some thousand, so that no page waits for it
and nobody has to press again."""

import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Select, func, select

from webapp import broker
from webapp.db import act_for, db, on_commit
from webapp.domain import as_json
from webapp.domain.errors import N_, Conflict, NotFound
from webapp.models.contact_acts import ContactAct
from webapp.models.contacts import Contact
from webapp.services import audit, contact_bulk, groups
from webapp.services.contact_search import MOST_AT_ONCE, Which, matching
from webapp.services.locks import held, lock_tenant

STEP: Final = 5_000
SLICE_SECONDS: Final = 2


def people(tenant_id: uuid.UUID, which: Which | datetime) -> int:
    """Exactly how many contacts these are, or went into the trash at that moment."""
    return db.session.scalar(select(func.count()).select_from(_all(tenant_id, which).subquery())) or 0


def ids(tenant_id: uuid.UUID, which: Which) -> list[uuid.UUID]:
    """Their keys, of at most as many as one click changes."""
    return list(db.session.scalars(_all(tenant_id, which).order_by(Contact.id.desc()).limit(MOST_AT_ONCE)))


def begin(
    tenant_id: uuid.UUID,
    kind: str,
    which: Which | datetime,
    *,
    group_id: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
) -> ContactAct:
    """Have workers do this with all of them: trash, restore, join or leave a group."""
    total = people(tenant_id, which)
    act = ContactAct(
        tenant_id=tenant_id, kind=kind, which=_stored(which), group_id=group_id, user_id=user_id, total=total
    )
    db.session.add(act)
    db.session.flush()
    audit.record(tenant_id, user_id, f"contacts_{kind}", act.id, people=total)
    on_commit(broker.ring, "act_on_contacts", tenant_id, act.id)
    db.session.commit()
    return act


def get(tenant_id: uuid.UUID, act_id: uuid.UUID) -> ContactAct:
    act: ContactAct | None = db.session.scalar(ContactAct.of(tenant_id).where(ContactAct.id == act_id))
    if act is None:
        raise NotFound
    return act


def advance(tenant_id: uuid.UUID, act_id: uuid.UUID) -> bool:
    """Go on for a second or two; whether there is more to do. Runs in a worker, of whom there may be several."""
    act_for(tenant_id)
    end = time.monotonic() + SLICE_SECONDS
    while _step(tenant_id, act_id):
        if time.monotonic() > end:
            return True
    return False


def _step(tenant_id: uuid.UUID, act_id: uuid.UUID) -> bool:
    """One transaction: how far it is moves with what was done. Only the count of the changed is written after it."""
    lock_tenant(tenant_id)
    act = held(ContactAct.of(tenant_id).where(ContactAct.id == act_id))
    if act is None or act.finished_at is not None:
        db.session.commit()
        return False
    ids = _next(act)
    if not ids:
        act.finished_at = datetime.now(UTC)
        db.session.commit()
        return False
    act.next_before, act.seen = ids[-1], act.seen + len(ids)
    changed = _done(act, ids)
    act.changed += changed
    db.session.commit()
    return True


def _next(act: ContactAct) -> list[uuid.UUID]:
    ids = _all(act.tenant_id, _which(act.which)).where(Contact.created_at <= act.created_at)
    if act.next_before is not None:
        ids = ids.where(Contact.id < act.next_before)
    return list(db.session.scalars(ids.order_by(Contact.id.desc()).limit(STEP)))


def _done(act: ContactAct, ids: Sequence[uuid.UUID]) -> int:
    """Do it with these; how many it changed. Each verb commits, and with it how far the act is."""
    if act.kind == "trash":
        return contact_bulk.remove(act.tenant_id, ids, at=act.at).number
    try:
        if act.kind == "restore":
            return contact_bulk.restore(act.tenant_id, ids).number
        change = groups.add_contacts if act.kind == "join" else groups.remove_contacts
        return change(act.tenant_id, act.group_id, ids) if act.group_id else 0
    except Conflict:  # somebody added one of these numbers at this very moment: the step comes again
        return 0
    except NotFound:  # the group went into the trash meanwhile
        db.session.rollback()
        act.finished_at = datetime.now(UTC)
        return 0


def _all(tenant_id: uuid.UUID, which: Which | datetime) -> Select[uuid.UUID]:
    if isinstance(which, datetime):
        in_trash = Contact.of(tenant_id, deleted=True).with_only_columns(Contact.id)
        return in_trash.where(Contact.deleted_at == which)
    return matching(tenant_id, which).with_only_columns(Contact.id)


def _stored(which: Which | datetime) -> dict[str, Any]:
    if isinstance(which, datetime):
        return {"at": which.isoformat()}
    group = as_json.key(which.group_id)
    return {"q": which.q, "group_id": group, "status": which.status, "deleted": which.deleted}


def _which(stored: Mapping[str, Any]) -> Which | datetime:
    if "at" in stored:
        return datetime.fromisoformat(stored["at"])
    group_id = uuid.UUID(stored["group_id"]) if stored["group_id"] else None
    return Which(stored["q"], group_id, stored["status"], stored["deleted"])


LABELS: Final = {
    "trash": N_("Moving contacts to the trash"),
    "restore": N_("Bringing contacts back"),
    "join": N_("Adding contacts to the group"),
    "leave": N_("Taking contacts out of the group"),
}
