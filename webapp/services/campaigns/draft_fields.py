"""What may stand in a draft: each step's fields, cleaned, as the columns they become."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypedDict

from sqlalchemy import func, select

from webapp.db import db
from webapp.domain import fields, placeholders, schedule
from webapp.domain.errors import N_, Invalid
from webapp.models.campaigns import STEPS
from webapp.models.contacts import Contact
from webapp.models.groups import Group
from webapp.models.message_templates import MessageTemplate
from webapp.models.tenants import Tenant
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services.audience import Audience
from webapp.services.message_templates import clean_text

LONGEST_NAME: Final = 100
# More people than anybody chooses by hand; a group has no limit.
MOST_CHOSEN: Final = 1000

Columns = dict[str, Any]


class Typed(TypedDict, total=False):
    """What a person may say of a draft; a field that is left out stays as it is.

    `scheduled_at` is a wall clock time of `time_zone`, an instant with an offset, or None for now.
    """

    name: str
    whatsapp_instance_id: uuid.UUID | None
    recipient_type: str
    recipient_ids: Sequence[uuid.UUID]
    exclude_doubtful: bool
    message: str
    variables: Mapping[str, str]
    message_template_id: uuid.UUID | None
    scheduled_at: datetime | None
    time_zone: str | None


# The step of the wizard that each field belongs to.
_STEP: Final = {
    "name": "number",
    "whatsapp_instance_id": "number",
    "recipient_type": "audience",
    "message": "message",
    "message_template_id": "message",
    "scheduled_at": "schedule",
}


def clean(tenant_id: uuid.UUID, typed: Typed) -> Columns:
    """The columns of whichever steps were typed. Raises Invalid on the first field that can not be taken."""
    columns: Columns = {}
    if "name" in typed:
        columns |= name(typed["name"])
    if "whatsapp_instance_id" in typed:
        columns |= number(tenant_id, typed["whatsapp_instance_id"])
    if "recipient_type" in typed:
        columns |= audience(
            tenant_id,
            typed["recipient_type"],
            typed.get("recipient_ids", ()),
            typed.get("exclude_doubtful", False),
        )
    if "message" in typed or "message_template_id" in typed:
        columns |= message(
            tenant_id,
            typed.get("message", ""),
            typed.get("variables", {}),
            typed.get("message_template_id"),
        )
    if "scheduled_at" in typed:
        columns |= when(tenant_id, typed["scheduled_at"], typed.get("time_zone"))[0]
    return columns


def step_after(typed: Iterable[str]) -> str:
    """The wizard's step that follows the last one of these fields."""
    steps = [STEPS.index(_STEP[field]) + 1 for field in typed if field in _STEP]
    return STEPS[max(steps, default=0)]


def name(typed: str) -> Columns:
    return {"name": fields.line("name", typed, LONGEST_NAME)}


def number(tenant_id: uuid.UUID, instance_id: uuid.UUID | None) -> Columns:
    """The number that sends; None: not chosen yet. Raises Invalid on `number` for one that is not there."""
    found = WhatsAppInstance.of(tenant_id).where(WhatsAppInstance.id == instance_id)
    if instance_id is not None and db.session.scalar(found) is None:
        raise Invalid("number", N_("This number is not there any more. Choose another."))
    return {"whatsapp_instance_id": instance_id}


def audience(
    tenant_id: uuid.UUID,
    recipient_type: str,
    recipient_ids: Sequence[uuid.UUID] = (),
    exclude_doubtful: bool = False,
) -> Columns:
    """Who gets the message. Raises Invalid on `audience` for nobody, too many, or somebody who is not there."""
    ids = tuple(dict.fromkeys(recipient_ids))
    if recipient_type == "groups":
        _require_groups(tenant_id, ids)
    elif recipient_type == "contacts":
        _require_contacts(tenant_id, ids)
    elif recipient_type == "all":
        ids = ()
    else:
        raise Invalid("audience", N_("Choose who gets this message."))
    return {"audience": Audience(recipient_type, ids, exclude_doubtful).stored()}


def message(
    tenant_id: uuid.UUID,
    text: str = "",
    variables: Mapping[str, str] | None = None,
    template_id: uuid.UUID | None = None,
) -> Columns:
    """A template that may be chosen, or a text of its own with the defaults of its placeholders.

    Raises Invalid on `message` or `variables`.
    """
    if template_id is not None:
        return _of_template(tenant_id, template_id)
    if not text.strip():
        raise Invalid("message", N_("Write a message or choose a template."))
    clean, defaults = clean_text("message", text, variables or {})
    return {
        "message_template_id": None,
        "message": clean,
        "message_kind": "text",
        "message_variables": placeholders.by_key(defaults),
    }


def when(
    tenant_id: uuid.UUID, local: datetime | None, time_zone: str | None
) -> tuple[Columns, schedule.Words | None]:
    """The start: None is now, else a wall clock time in a named zone (the tenant's, if none is named).

    Also returns a note when a change of the clocks made it another time than was asked.

    Raises:
        Invalid: on `scheduled_at` or `time_zone`.
    """
    zone = time_zone or db.session.get_one(Tenant, tenant_id).time_zone
    if local is None:
        return {"scheduled_at": None, "time_zone": schedule.zone(zone).key}, None
    moment = schedule.instant(local, zone, datetime.now(UTC))
    return {"scheduled_at": moment.at, "time_zone": zone}, moment.note


def _of_template(tenant_id: uuid.UUID, template_id: uuid.UUID) -> Columns:
    query = MessageTemplate.of(tenant_id).where(MessageTemplate.id == template_id, MessageTemplate.is_active)
    template = db.session.scalar(query)
    if template is None:
        raise Invalid("message", N_("This template was deleted or switched off. Choose another message."))
    if template.kind == "text":
        placeholders.require_whole("message", template.content)
    return {
        "message_template_id": template.id,
        "message": template.content,
        "message_kind": template.kind,
        "message_variables": placeholders.by_key(template.variables),
    }


def _require_groups(tenant_id: uuid.UUID, ids: tuple[uuid.UUID, ...]) -> None:
    _require_some(ids, N_("Choose at least one group."))
    if _count(Group.of(tenant_id).where(Group.id.in_(ids), Group.is_active)) < len(ids):
        raise Invalid("audience", N_("One of the groups was deleted or switched off. Choose again."))


def _require_contacts(tenant_id: uuid.UUID, ids: tuple[uuid.UUID, ...]) -> None:
    _require_some(ids, N_("Choose at least one person."))
    if _count(Contact.of(tenant_id).where(Contact.id.in_(ids))) < len(ids):
        raise Invalid("audience", N_("One of the people is not there any more. Look at the list once more."))


def _require_some(ids: tuple[uuid.UUID, ...], otherwise: str) -> None:
    if not ids:
        raise Invalid("audience", otherwise)
    if len(ids) > MOST_CHOSEN:
        raise Invalid(
            "audience", N_("Choose at most %(count)d here. For more people make a group."), count=MOST_CHOSEN
        )


def _count(query: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
