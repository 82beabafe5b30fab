"""What is done with many contacts at once: those that were ticked, or all that match the list's filters."""

import uuid
from collections.abc import Collection
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from webapp.domain.errors import N_, Invalid
from webapp.services import contact_bulk, groups
from webapp.services.contact_search import MOST_AT_ONCE, Which
from webapp.views.contact_listing import asked_which, chosen_group
from webapp.views.guard import here, own_path
from webapp.views.shared import chosen_ids, said

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


@bp.post("/delete")
def delete():
    removed = contact_bulk.remove(here().tenant.id, _chosen())
    words = _counted(
        removed.number, N_("%(count)s contact is in the trash."), N_("%(count)s contacts are in the trash.")
    )
    place = {"at": [removed.at.isoformat()], "next": [request.form.get("next", "")]}
    said(words + _rest(removed.number), undo="contact_bulk.restore", **place)
    return _back()


@bp.post("/restore")
def restore():
    restored = contact_bulk.restore(here().tenant.id, _moment() or chosen_ids())
    if restored.number:
        said(_counted(restored.number, N_("%(count)s contact is back."), N_("%(count)s contacts are back.")))
    if restored.taken:
        flash(_counted(restored.taken, *_TAKEN), "warn")
    return _back()


@bp.post("/join")
def join():
    group, chosen = chosen_group("to_group"), _chosen()
    added = groups.add_contacts(here().tenant.id, group.id, chosen)
    words = _counted(added, *_JOINED, group=group.name)
    said((words if added else _("They were in %(group)s already.", group=group.name)) + _rest(added))
    return _back()


@bp.post("/leave")
def leave():
    group, chosen = chosen_group("group"), _chosen()
    removed = groups.remove_contacts(here().tenant.id, group.id, chosen)
    words = _counted(removed, *_LEFT, group=group.name) + _rest(removed)
    if isinstance(chosen, Which):
        said(words)
    else:
        place = {"to_group": [group.id], "next": [request.form.get("next", "")]}
        said(words, undo="contact_bulk.join", ids=list(chosen), **place)
    return _back()


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


def _rest(number: int) -> str:
    """One click goes only so far; whoever is left waits for the next."""
    if number < MOST_AT_ONCE:
        return ""
    most = format_decimal(MOST_AT_ONCE)
    return " " + str(
        _("More may be left: a click takes %(most)s at most, so look and do it again.", most=most)
    )


def _back():
    return redirect(own_path(request.form.get("next")) or url_for("contacts.index"), 303)
