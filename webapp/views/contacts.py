"""Contacts: list, one contact with groups and messages, create, edit, opt out and in, trash."""

import uuid

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from webapp.domain import phones
from webapp.domain.errors import Conflict
from webapp.forms.contacts import ContactForm
from webapp.services import contact_erasure, contact_history, contacts, groups, opt_outs
from webapp.views.contact_listing import asked_which, chosen_group, listing
from webapp.views.guard import here
from webapp.views.shared import as_uuid, attempt, refused, said, to

bp = Blueprint("contacts", __name__, url_prefix="/contacts")


@bp.get("")
def index():
    which = asked_which()
    to_group = as_uuid(request.args.get("to"))
    return render_template(
        "contacts/index.html",
        to_group=groups.get(here().tenant.id, to_group) if to_group else None,
        **listing(which, "contacts.index", to=to_group),
    )


@bp.get("/new")
def new():
    return _form(ContactForm())


@bp.post("/new")
def create():
    form = _offered(ContactForm())
    if "more" in request.form:
        return _form(form)
    contact = attempt(
        form, lambda: contacts.create(here().tenant.id, **_typed(form), group_ids=form.group_ids.data)
    )
    if contact is None:
        return _form(form, status=422)
    said(_("%(name)s is in your list.", name=contacts.called(contact)))
    return to("contacts.show", contact_id=contact.id)


@bp.get("/<uuid:contact_id>")
def show(contact_id: uuid.UUID):
    tenant_id = here().tenant.id
    contact = contacts.get(tenant_id, contact_id)
    joined = groups.of_contacts(tenant_id, [contact.id]).get(contact.id, [])
    return render_template(
        "contacts/show.html",
        contact=contact,
        called=contacts.called(contact),
        groups=joined,
        other_groups=[group for group in groups.choices(tenant_id) if group not in joined],
        noes=opt_outs.standing(tenant_id, [contact.phone_key]),
        liftable=contacts.LIFTED_BY_PEOPLE,
        messages=contact_history.last_messages(tenant_id, contact.id),
    )


@bp.get("/<uuid:contact_id>/edit")
def edit(contact_id: uuid.UUID):
    contact = contacts.get(here().tenant.id, contact_id)
    known = {
        "phone_number": phones.pretty(contact.phone_number) if contact.phone_number else "",
        "name": contact.name,
        "is_active": contact.is_active,
    }
    return _form(ContactForm(data=known).show(contact.attributes), contact)


@bp.post("/<uuid:contact_id>/edit")
def update(contact_id: uuid.UUID):
    form = ContactForm()
    contact = contacts.get(here().tenant.id, contact_id)
    if "more" in request.form:
        return _form(form, contact)
    if attempt(form, lambda: contacts.update(contact.tenant_id, contact.id, **_typed(form))) is None:
        return _form(form, contact, 422)
    said(_("Saved."))
    return to("contacts.show", contact_id=contact_id)


@bp.post("/<uuid:contact_id>/delete")
def delete(contact_id: uuid.UUID):
    contact = contacts.remove(here().tenant.id, contact_id)
    said(
        _("%(name)s is in the trash.", name=contacts.called(contact)),
        undo="contacts.restore",
        contact_id=contact_id,
    )
    return to("contacts.index")


@bp.post("/<uuid:contact_id>/restore")
def restore(contact_id: uuid.UUID):
    contact = contacts.restore(here().tenant.id, contact_id)
    said(_("%(name)s is back.", name=contacts.called(contact)))
    return to("contacts.show", contact_id=contact_id)


@bp.get("/<uuid:contact_id>/erase")
def ask_erase(contact_id: uuid.UUID):
    contact = contact_erasure.in_trash(here().tenant.id, contact_id)
    return render_template("contacts/erase.html", contact=contact, called=contacts.called(contact))


@bp.post("/<uuid:contact_id>/erase")
def erase(contact_id: uuid.UUID):
    try:
        contact_erasure.erase(here().tenant.id, contact_id, by=here().user.id)
    except Conflict as refusal:
        refused(refusal)
        return to("contacts.index", trash=1)
    said(_("This person is erased. What campaigns have counted stays, without them."))
    return to("contacts.index", trash=1)


@bp.post("/<uuid:contact_id>/opt-out")
def opt_out(contact_id: uuid.UUID):
    contact = contacts.opt_out(here().tenant.id, contact_id, by=here().user.id)
    name = contacts.called(contact)
    said(
        _("No campaign reaches %(name)s any more.", name=name), undo="contacts.opt_in", contact_id=contact_id
    )
    return to("contacts.show", contact_id=contact_id)


@bp.post("/<uuid:contact_id>/opt-in")
def opt_in(contact_id: uuid.UUID):
    contact = contacts.opt_in(here().tenant.id, contact_id, by=here().user.id)
    said(_("Campaigns may reach %(name)s again.", name=contacts.called(contact)))
    return to("contacts.show", contact_id=contact_id)


@bp.post("/<uuid:contact_id>/groups")
def join(contact_id: uuid.UUID):
    contact, group = contacts.get(here().tenant.id, contact_id), chosen_group("group")
    groups.add_contacts(here().tenant.id, group.id, [contact.id])
    said(_("%(name)s is in %(group)s now.", name=contacts.called(contact), group=group.name))
    return to("contacts.show", contact_id=contact_id)


def _form(form: ContactForm, contact=None, status: int = 200):
    page = render_template(
        "contacts/form.html",
        form=_offered(form).with_empty_row(),
        contact=contact,
        called=contacts.called(contact) if contact else None,
        asked_for_more="more" in request.form,
    )
    return page, status


def _offered(form: ContactForm) -> ContactForm:
    return form.offer((group.id, group.name) for group in groups.choices(here().tenant.id))


def _typed(form: ContactForm) -> dict:
    return {
        "phone_number": form.phone_number.data or "",
        "name": form.name.data or "",
        "attributes": form.pairs(),
        "is_active": form.is_active.data,
    }
