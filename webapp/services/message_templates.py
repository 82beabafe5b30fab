"""Message templates: texts with placeholders that are written here. Those approved at the provider are only shown."""

import uuid
from collections.abc import Mapping
from typing import Any, Final, Unpack

from sqlalchemy import func, select

from webapp.db import db
from webapp.domain import fields, placeholders
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.models.campaigns import Campaign
from webapp.models.message_templates import MessageTemplate
from webapp.services import alone
from webapp.services.events import emit
from webapp.services.locks import held
from webapp.services.pages import Keys, Page, has_part, page

LONGEST_NAME: Final = 100
LONGEST_DEFAULT: Final = 200
# One statement reads the values of all of them, and PostgreSQL's functions take a hundred arguments.
MOST_PLACEHOLDERS: Final = 30


def described(template: MessageTemplate) -> dict[str, Any]:
    """The template as events and the API tell it."""
    return {
        "id": str(template.id),
        "name": template.name,
        "kind": template.kind,
        "content": template.content,
        "variables": template.variables,
        "isActive": template.is_active,
        "version": template.version,
        "createdAt": template.created_at.isoformat(),
        "updatedAt": template.updated_at.isoformat(),
    }


def listed(
    tenant_id: uuid.UUID, *, q: str = "", status: str = "", deleted: bool = False, **keys: Unpack[Keys]
) -> Page[MessageTemplate]:
    """One page of templates, newest first; `q` is a part of the name, `status` active or inactive."""
    query = MessageTemplate.of(tenant_id, deleted=deleted)
    if q.strip():
        query = query.where(has_part(MessageTemplate.name, q))
    if status in ("active", "inactive"):
        query = query.where(MessageTemplate.is_active == (status == "active"))
    return page(query, MessageTemplate.id, **keys)


def get(tenant_id: uuid.UUID, template_id: uuid.UUID, *, deleted: bool = False) -> MessageTemplate:
    query = MessageTemplate.of(tenant_id, deleted=deleted).where(MessageTemplate.id == template_id)
    template = db.session.scalar(query)
    if template is None:
        raise NotFound(N_("There is no such template."))
    return template


def create(
    tenant_id: uuid.UUID,
    *,
    name: str,
    content: str,
    variables: Mapping[str, str] | None = None,
    is_active: bool = True,
) -> MessageTemplate:
    """Write a template; its name is unique among the living ones, whatever the case."""
    columns = _clean(name, content, variables or {}, is_active)
    template = MessageTemplate(tenant_id=tenant_id, **columns)
    db.session.add(template)
    _flush(template)
    emit(tenant_id, "template_created", template.id, described(template))
    db.session.commit()
    return template


def update(
    tenant_id: uuid.UUID,
    template_id: uuid.UUID,
    *,
    name: str | None = None,
    content: str | None = None,
    variables: Mapping[str, str] | None = None,
    is_active: bool | None = None,
    version: int | None = None,
) -> MessageTemplate:
    """Change a template and count its version up; what is None stays as it is.

    Campaigns that were started or scheduled keep their copy.

    Args:
        version: the one that was looked at; if another has been saved since, nothing is overwritten.
    """
    template = _held(tenant_id, template_id)
    columns = _clean(
        template.name if name is None else name,
        template.content if content is None else content,
        template.variables if variables is None else variables,
        template.is_active if is_active is None else is_active,
    )
    if version is not None and version != template.version:
        raise Invalid(
            "",
            N_("Somebody changed this template meanwhile. What you wrote is below; save to replace theirs."),
        )
    changed = {column: value for column, value in columns.items() if getattr(template, column) != value}
    if changed:
        for column, value in changed.items():
            setattr(template, column, value)
        template.version += 1
        _flush(template)
        emit(tenant_id, "template_updated", template.id, described(template))
    db.session.commit()
    return template


def duplicate(tenant_id: uuid.UUID, template_id: uuid.UUID) -> MessageTemplate:
    """Write the same text once more under a name that is free."""
    template = _held(tenant_id, template_id)
    return create(
        tenant_id,
        name=_free_name(tenant_id, template.name),
        content=template.content,
        variables=template.variables,
        is_active=template.is_active,
    )


def remove(tenant_id: uuid.UUID, template_id: uuid.UUID) -> MessageTemplate:
    """Move a template to the trash. Campaigns that were started or scheduled keep their copy."""
    template = get(tenant_id, template_id)
    template.deleted_at = func.now()
    db.session.flush()
    db.session.refresh(template)
    emit(tenant_id, "template_deleted", template.id, described(template))
    db.session.commit()
    return template


def restore(tenant_id: uuid.UUID, template_id: uuid.UUID) -> MessageTemplate:
    """Bring a template back from the trash, if no other has taken its name."""
    template = get(tenant_id, template_id, deleted=True)
    template.deleted_at = None
    try:
        _flush(template)
    except Invalid:
        raise Conflict(N_("Another template has this name now. Give that one another name first.")) from None
    emit(tenant_id, "template_created", template.id, described(template))
    db.session.commit()
    return template


def waiting_campaigns(tenant_id: uuid.UUID, template_id: uuid.UUID) -> int:
    """How many scheduled campaigns hold a copy of this template, which an edit does not reach."""
    query = Campaign.of(tenant_id).where(
        Campaign.message_template_id == template_id, Campaign.status == "scheduled"
    )
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def clean_text(field: str, content: str, variables: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A text as it is stored, and the default of each of its placeholders (empty: none).

    Raises:
        Invalid: on `field`, or on `variables` for a default.
    """
    text = fields.block(field, content, placeholders.MAX_TEXT)
    placeholders.require_whole(field, text)
    message = placeholders.compile(text)
    if len(message.names) > MOST_PLACEHOLDERS:
        raise Invalid(field, N_("Use at most %(count)d different placeholders."), count=MOST_PLACEHOLDERS)
    typed = placeholders.by_key(variables)
    defaults = {
        name: fields.line("variables", typed.get(key, ""), LONGEST_DEFAULT, required=False)
        for name, key in zip(message.names, message.keys, strict=True)
    }
    return text, defaults


def _clean(name: str, content: str, variables: Mapping[str, str], is_active: bool) -> dict[str, Any]:
    text, defaults = clean_text("content", content, variables)
    return {
        "name": fields.line("name", name, LONGEST_NAME),
        "content": text,
        "variables": defaults,
        "is_active": is_active,
    }


def _held(tenant_id: uuid.UUID, template_id: uuid.UUID) -> MessageTemplate:
    """The template with its row locked, if it may be changed here."""
    template = held(MessageTemplate.of(tenant_id).where(MessageTemplate.id == template_id))
    if template is None:
        raise NotFound(N_("There is no such template."))
    if template.kind != "text":
        raise Conflict(N_("This template was approved by WhatsApp and can only be changed there."))
    return template


def _free_name(tenant_id: uuid.UUID, name: str) -> str:
    taken = set(
        db.session.scalars(MessageTemplate.of(tenant_id).with_only_columns(func.lower(MessageTemplate.name)))
    )
    short = name[: LONGEST_NAME - 14]
    copies = (f"{short} (copy{f' {number}' if number > 1 else ''})" for number in range(1, len(taken) + 2))
    return next(copy for copy in copies if copy.lower() not in taken)


def _flush(template: MessageTemplate) -> None:
    same = func.lower(MessageTemplate.name) == func.lower(template.name)
    twin = MessageTemplate.of(template.tenant_id).where(same)
    refusal = Invalid("name", N_("Another template has this name."))
    alone.flush(template, twin, "message_templates_name_alive", lambda: refusal)
