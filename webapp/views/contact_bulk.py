"""What is done with many contacts at once: those that were ticked, or all that match the list's filters."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from webapp.domain.errors import N_, Invalid
from webapp.services import contact_acts, contact_bulk, groups
from webapp.services.campaigns.review import TYPED_ABOVE
from webapp.services.contact_search import MOST_AT_ONCE, Which
from webapp.views.contact_listing import asked_which, chosen_group
from webapp.views.guard import here, own_path
from webapp.views.shared import chosen_ids, said, to

bp = Blueprint("contact_bulk", __name__, url_prefix="/contacts/bulk")

_JOINED = (N_("%(count)s person is now in %(group)s."), N_("%(count)s people are now in %(group)s."))
_LEFT = (
    N_("%(count)s person is no longer in %(group)s."),
    N_("%(count)s people are no longer in %(group)s."),
)
_TAKEN = (
    N_("%(count)s contact stays in the trash: somebody in your list has its number by now."),
    N_("%(count)s contacts stay in the trash: others in your list have their numbers by now."),
)


@bp.get("/delete")
def ask():
    """Before all that match go into the trash: how many they are."""
    return _asked(asked_which())


@bp.post("/delete")
def delete():
    chosen = _chosen()
    if isinstance(chosen, Which):
        return _delete_all(chosen)
    _tell_removed(contact_bulk.remove(here().tenant.id, chosen))
    return _back()


@bp.post("/restore")
def restore():
    chosen = _moment() or _chosen()
    if isinstance(chosen, Which | datetime) and _are_many(chosen):
        return _begun("restore", chosen)
    restored = contact_bulk.restore(here().tenant.id, _keys(chosen))
    if restored.number:
        said(_counted(restored.number, N_("%(count)s contact is back."), N_("%(count)s contacts are back.")))
    if restored.taken:
        flash(_counted(restored.taken, *_TAKEN), "warn")
    return _back()


@bp.post("/join")
def join():
    group, chosen = _group_to_join(), _chosen()
    if isinstance(chosen, Which) and _are_many(chosen):
        return _begun("join", chosen, group_id=group.id)
    added = groups.add_contacts(here().tenant.id, group.id, chosen)
    words = _counted(added, *_JOINED, group=group.name)
    said(words if added else _("They were in %(group)s already.", group=group.name))
    return _back()


@bp.post("/leave")
def leave():
    group, chosen = chosen_group("group"), _chosen()
    if isinstance(chosen, Which) and _are_many(chosen):
        return _begun("leave", chosen, group_id=group.id)
    removed = groups.remove_contacts(here().tenant.id, group.id, chosen)
    words = _counted(removed, *_LEFT, group=group.name)
    if isinstance(chosen, Which):
        said(words)
    else:
        place: dict[str, Any] = {"to_group": [group.id], "next": [request.form.get("next", "")]}
        said(words, undo="contact_bulk.join", ids=list(chosen), **place)
    return _back()


@bp.get("/acts/<uuid:act_id>")
def act(act_id: uuid.UUID):
    return render_template("contacts/act.html", **_act(act_id))


@bp.get("/acts/<uuid:act_id>/progress")
def progress(act_id: uuid.UUID):
    """The fragment that asks for itself while workers are at it."""
    return render_template("contacts/act_progress.html", **_act(act_id))


def _asked(which: Which, refusal: Invalid | None = None):
    people = contact_acts.people(here().tenant.id, which)
    page = {
        "which": which,
        "people": people,
        "next": own_path(request.values.get("next")),
        "refusal": refusal,
    }
    typed = str(people) if people > TYPED_ABOVE else None
    return render_template("contacts/bulk_delete.html", **page, typed=typed), 422 if refusal else 200


def _delete_all(which: Which):
    if "people" not in request.form:
        asked = {
            "q": which.q,
            "status": which.status,
            "group": which.group_id,
            "next": request.form.get("next"),
        }
        return to("contact_bulk.ask", **{name: value for name, value in asked.items() if value})
    people = contact_acts.people(here().tenant.id, which)
    if refusal := _unconfirmed(people):
        return _asked(which, refusal)
    if people > MOST_AT_ONCE:
        return _begun("trash", which)
    _tell_removed(contact_bulk.remove(here().tenant.id, which), stays=True)
    return _back()


def _unconfirmed(people: int) -> Invalid | None:
    """What was confirmed must be what is there: the number that was seen, and above a thousand typed."""
    given = request.form.get("typed" if people > TYPED_ABOVE else "people", "")
    if "".join(filter(str.isdigit, given)) == str(people):
        return None
    if people > TYPED_ABOVE:
        return Invalid(
            "typed", N_("These are %(count)s people now. Type that number to go on."), count=people
        )
    return Invalid("people", N_("These are %(count)s people now. Look once more."), count=people)


def _tell_removed(removed: contact_bulk.Removed, *, stays: bool = False) -> None:
    words = _counted(
        removed.number, N_("%(count)s contact is in the trash."), N_("%(count)s contacts are in the trash.")
    )
    place: dict[str, Any] = {"at": [removed.at.isoformat()], "next": [request.form.get("next", "")]}
    said(words, undo="contact_bulk.restore", stays=stays, **place)


def _are_many(which: Which | datetime) -> bool:
    return contact_acts.people(here().tenant.id, which) > MOST_AT_ONCE


def _begun(kind: str, which: Which | datetime, *, group_id: uuid.UUID | None = None):
    begun = contact_acts.begin(here().tenant.id, kind, which, group_id=group_id, user_id=here().user.id)
    return to("contact_bulk.act", act_id=begun.id)


def _act(act_id: uuid.UUID) -> dict[str, Any]:
    found = contact_acts.get(here().tenant.id, act_id)
    return {"act": found, "label": contact_acts.LABELS[found.kind]}


def _group_to_join() -> Any:
    """The group that is named, or a new one of the name that was typed."""
    name = request.form.get("new_group", "").strip()
    return groups.create(here().tenant.id, name=name) if name else chosen_group("to_group")


def _keys(chosen: Collection[uuid.UUID] | Which | datetime) -> Collection[uuid.UUID] | datetime:
    return contact_acts.ids(here().tenant.id, chosen) if isinstance(chosen, Which) else chosen


def _chosen() -> Collection[uuid.UUID] | Which:
    if request.form.get("everything") == "1":
        return asked_which()
    if not (ids := chosen_ids()):
        raise Invalid("ids", N_("Choose people first."))
    return ids


def _moment() -> datetime | None:
    try:
        at = datetime.fromisoformat(request.form.get("at", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _counted(number: int, one: str, many: str, **values: object) -> str:
    return str(ngettext(one, many, number, count=format_decimal(number), **values))


def _back():
    return redirect(own_path(request.form.get("next")) or url_for("contacts.index"), 303)
