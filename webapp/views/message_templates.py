"""Message templates: list, one template on a phone, write, change, duplicate, trash."""

import uuid

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from webapp.forms.message_templates import MessageTemplateForm, typed_defaults
from webapp.services import message_templates
from webapp.views import message_text
from webapp.views.guard import here, is_htmx
from webapp.views.shared import asked_keys, attempt, page_links, said, to

bp = Blueprint("message_templates", __name__, url_prefix="/templates")


@bp.get("")
def index():
    asked = {"q": request.args.get("q", ""), "status": request.args.get("status", "")}
    trash = "trash" in request.args
    page = message_templates.listed(here().tenant.id, **asked, deleted=trash, **asked_keys())
    links = page_links("message_templates.index", page, **asked, trash=trash)
    return render_template("message_templates/index.html", page=page, in_trash=trash, **asked, **links)


@bp.get("/new")
def new():
    return _form(MessageTemplateForm(), {})


@bp.post("/new")
def create():
    form, defaults = MessageTemplateForm(), typed_defaults(request.form)
    if message_text.asks_for_preview():
        return _previewed(form, defaults)
    template = attempt(form, lambda: message_templates.create(here().tenant.id, **_typed(form, defaults)))
    if template is None:
        return _form(form, defaults, status=422)
    said(_("The template is saved. Campaigns can choose it now."))
    return to("message_templates.show", template_id=template.id)


@bp.get("/<uuid:template_id>")
def show(template_id: uuid.UUID):
    template = message_templates.get(here().tenant.id, template_id)
    return render_template(
        "message_templates/show.html",
        template=template,
        waiting=message_templates.waiting_campaigns(template.tenant_id, template.id),
        **message_text.phone(template.content, template.variables),
    )


@bp.get("/<uuid:template_id>/edit")
def edit(template_id: uuid.UUID):
    template = message_templates.get(here().tenant.id, template_id)
    if template.kind != "text":
        return to("message_templates.show", template_id=template_id)
    return _form(MessageTemplateForm(obj=template), template.variables, template)


@bp.post("/<uuid:template_id>/edit")
def update(template_id: uuid.UUID):
    form, defaults = MessageTemplateForm(), typed_defaults(request.form)
    template = message_templates.get(here().tenant.id, template_id)
    if message_text.asks_for_preview():
        return _previewed(form, defaults, template)
    typed = _typed(form, defaults) | {"version": form.version.data}
    if attempt(form, lambda: message_templates.update(template.tenant_id, template.id, **typed)) is None:
        return _form(form, defaults, template, 422)
    said(_("Saved. It is version %(number)d.", number=template.version))
    return to("message_templates.show", template_id=template_id)


@bp.post("/<uuid:template_id>/duplicate")
def duplicate(template_id: uuid.UUID):
    copy = message_templates.duplicate(here().tenant.id, template_id)
    said(_("This is the copy. Give it a name of its own."))
    return to("message_templates.edit", template_id=copy.id)


@bp.post("/<uuid:template_id>/delete")
def delete(template_id: uuid.UUID):
    template = message_templates.remove(here().tenant.id, template_id)
    said(
        _("%(name)s is in the trash.", name=template.name),
        undo="message_templates.restore",
        template_id=template_id,
    )
    return to("message_templates.index")


@bp.post("/<uuid:template_id>/restore")
def restore(template_id: uuid.UUID):
    template = message_templates.restore(here().tenant.id, template_id)
    said(_("%(name)s is back.", name=template.name))
    return to("message_templates.show", template_id=template_id)


def _previewed(form: MessageTemplateForm, defaults: dict[str, str], template=None):
    if is_htmx():
        return message_text.fragments(**_beside(form, defaults))
    return _form(form, defaults, template)


def _form(form: MessageTemplateForm, defaults: dict[str, str], template=None, status: int = 200):
    waiting = message_templates.waiting_campaigns(template.tenant_id, template.id) if template else 0
    page = {"form": form, "template": template, "waiting": waiting, **_beside(form, defaults)}
    return render_template("message_templates/form.html", **page), status


def _beside(form: MessageTemplateForm, defaults: dict[str, str]) -> dict:
    text = form.content.data or ""
    return {
        "url": request.path,
        "form_id": "template-form",
        **message_text.writing(text, defaults),
        **message_text.phone(text, defaults),
    }


def _typed(form: MessageTemplateForm, defaults: dict[str, str]) -> dict:
    return {
        "name": form.name.data,
        "content": form.content.data,
        "variables": defaults,
        "is_active": form.is_active.data,
    }
