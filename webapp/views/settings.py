"""Settings: the organisation, the people in it, one's own password."""

import uuid

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from webapp.domain.errors import NotAllowed
from webapp.forms.countries import country_names
from webapp.forms.settings import PersonForm, RoleForm, TenantForm
from webapp.forms.sign_in import PasswordForm
from webapp.services import accounts, people, sessions, tenants
from webapp.views.guard import enter, here
from webapp.views.shared import attempt, said, to, words
from webapp.views.step_up import password_first, proved

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
def index():
    tenant = here().tenant
    form = TenantForm(obj=tenant).offer(country_names())
    form.opt_out_words.data = "\n".join(tenant.opt_out_words)
    return _tenant(form)


@bp.post("")
def tenant():
    form = TenantForm().offer(country_names())
    if (
        attempt(form, lambda: tenants.change(here().tenant.id, user_id=here().user.id, **_typed(form)))
        is None
    ):
        return _tenant(form, 422)
    said(_("Saved."))
    return to("settings.index")


@bp.post("/switch/<uuid:tenant_id>")
def switch(tenant_id: uuid.UUID):
    enter(sessions.switch(here().signed_in, tenant_id))
    return to("dashboard.index")


@bp.get("/password")
def password():
    return _password(PasswordForm())


@bp.post("/password")
def change_password():
    form = PasswordForm()
    old, new = form.old_password.data or "", form.password.data or ""
    address = request.remote_addr or ""
    try:
        if attempt(form, lambda: sessions.change_password(here().signed_in, old, new, address)) is None:
            return _password(form, 422)
    except NotAllowed as refusal:
        form.form_errors.append(words(refusal))
        return _password(form, 429)
    proved(again=True)
    said(_("Your password is changed. Your other browsers are signed out."))
    return to("settings.password")


@bp.get("/people")
def list_people():
    return render_template("settings/people.html", people=people.listed(here().tenant.id))


@bp.get("/people/new")
@password_first()
def new_person():
    return _new_person(PersonForm())


@bp.post("/people/new")
@password_first()
def add_person():
    form = PersonForm()
    added = attempt(
        form, lambda: people.add(here().tenant.id, form.email.data, form.role.data, by=here().user.id)
    )
    return _new_person(form, 422) if added is None else _link(*added)


@bp.get("/people/<uuid:user_id>")
def person(user_id: uuid.UUID):
    found = people.get(here().tenant.id, user_id)
    return _person(RoleForm(obj=found), found)


@bp.post("/people/<uuid:user_id>")
@password_first()
def change_role(user_id: uuid.UUID):
    form, found = RoleForm(), people.get(here().tenant.id, user_id)
    change = lambda: people.change_role(here().tenant.id, user_id, form.role.data, by=here().user.id)  # noqa: E731
    if attempt(form, change) is None:
        return _person(form, found, 422)
    said(
        _(
            "%(email)s is signed out everywhere and has the new role from the next sign-in on.",
            email=found.user.email,
        )
    )
    return to("settings.list_people")


@bp.post("/people/<uuid:user_id>/link")
@password_first()
def link(user_id: uuid.UUID):
    found = people.get(here().tenant.id, user_id)
    return _link(found, people.new_link(here().tenant.id, user_id, by=here().user.id))


@bp.post("/people/<uuid:user_id>/remove")
@password_first()
def remove_person(user_id: uuid.UUID):
    email = people.remove(here().tenant.id, user_id, by=here().user.id)
    said(_("%(email)s does not belong here any more.", email=email))
    return to("settings.list_people")


def _tenant(form: TenantForm, status: int = 200):
    return render_template("settings/index.html", form=form, others=here().other_tenants), status


def _password(form: PasswordForm, status: int = 200):
    return render_template("settings/password.html", form=form), status


def _new_person(form: PersonForm, status: int = 200):
    return render_template("settings/new_person.html", form=form), status


def _person(form: RoleForm, found, status: int = 200):
    return render_template("settings/person.html", form=form, person=found), status


def _link(found, token: str):
    """Shown once, in the answer itself: a redirect would have to keep the token somewhere."""
    return render_template("settings/link.html", person=found, address=accounts.link_address(token))


def _typed(form: TenantForm) -> dict:
    return {
        "name": form.name.data,
        "time_zone": form.time_zone.data,
        "locale": form.locale.data,
        "default_country": form.default_country.data,
        "opt_out_words": form.words(),
        # A form without this field says nothing about it; an empty field says: never.
        **({"failure_limit": form.failure_limit.data} if form.failure_limit.raw_data else {}),
    }
