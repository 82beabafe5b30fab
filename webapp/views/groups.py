"""Groups: list, one group with its members, create, edit, trash."""

import uuid

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from webapp.forms.contacts import AddByNumberForm
from webapp.forms.groups import GroupForm
from webapp.services import contacts, groups
from webapp.views.contact_listing import asked_which, listing
from webapp.views.guard import here
from webapp.views.shared import asked_keys, attempt, page_links, said, to

bp = Blueprint("groups", __name__, url_prefix="/groups")


@bp.get("")
def index():
    q, trash = request.args.get("q", ""), "trash" in request.args
    page = groups.listed(here().tenant.id, q=q, deleted=trash, **asked_keys())
    links = page_links("groups.index", page, q=q, trash=trash)
    return render_template("groups/index.html", page=page, q=q, in_trash=trash, **links)


@bp.get("/new")
def new():
    return _form(GroupForm())


@bp.post("/new")
def create():
    form = GroupForm()
    group = attempt(form, lambda: groups.create(here().tenant.id, **_typed(form)))
    if group is None:
        return _form(form, status=422)
    said(_("The group is there. Now put people into it."))
    return to("groups.show", group_id=group.id)


@bp.get("/<uuid:group_id>")
def show(group_id: uuid.UUID):
    return _members(groups.get(here().tenant.id, group_id), AddByNumberForm(formdata=None))


@bp.post("/<uuid:group_id>/people")
def add_by_number(group_id: uuid.UUID):
    form = AddByNumberForm()
    group = groups.get(here().tenant.id, group_id)
    typed = {"phone_number": form.phone_number.data or "", "name": form.name.data or ""}
    contact = attempt(form, lambda: contacts.add_to_group(group.tenant_id, group.id, **typed))
    if contact is None:
        return _members(group, form, 422)
    said(_("%(name)s is in %(group)s now.", name=contacts.called(contact), group=group.name))
    return to("groups.show", group_id=group_id)


@bp.get("/<uuid:group_id>/edit")
def edit(group_id: uuid.UUID):
    group = groups.get(here().tenant.id, group_id)
    return _form(GroupForm(obj=group), group)


@bp.post("/<uuid:group_id>/edit")
def update(group_id: uuid.UUID):
    form = GroupForm()
    group = groups.get(here().tenant.id, group_id)
    if attempt(form, lambda: groups.update(group.tenant_id, group.id, **_typed(form))) is None:
        return _form(form, group, 422)
    said(_("Saved."))
    return to("groups.show", group_id=group_id)


@bp.post("/<uuid:group_id>/delete")
def delete(group_id: uuid.UUID):
    group = groups.remove(here().tenant.id, group_id)
    said(_("%(name)s is in the trash.", name=group.name), undo="groups.restore", group_id=group_id)
    return to("groups.index")


@bp.post("/<uuid:group_id>/restore")
def restore(group_id: uuid.UUID):
    group = groups.restore(here().tenant.id, group_id)
    said(_("%(name)s is back.", name=group.name))
    return to("groups.show", group_id=group_id)


def _members(group, form: AddByNumberForm, status: int = 200):
    which = asked_which(group.id)
    place = listing(which, "groups.show", group_id=group.id)
    return render_template("groups/show.html", group=group, form=form, **place), status


def _form(form: GroupForm, group=None, status: int = 200):
    return render_template("groups/form.html", form=form, group=group), status


def _typed(form: GroupForm) -> dict:
    return {
        "name": form.name.data,
        "description": form.description.data or "",
        "is_active": form.is_active.data,
    }
