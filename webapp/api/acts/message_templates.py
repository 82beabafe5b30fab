"""Acts about message templates."""

import uuid
from typing import Final

from webapp.api.acts.act import Act, Holder, Told
from webapp.api.acts.kept import Kept
from webapp.api.shapes.message_templates import (
    MessageTemplate,
    MessageTemplateChange,
    MessageTemplateNew,
    MessageTemplatesAsked,
)
from webapp.services import message_templates


def _create(holder: Holder, new: MessageTemplateNew) -> Told:
    return message_templates.described(message_templates.create(holder.tenant_id, **new.given()))


def _change(holder: Holder, key: uuid.UUID, change: MessageTemplateChange) -> Told:
    return message_templates.described(message_templates.update(holder.tenant_id, key, **change.given()))


def _duplicate(holder: Holder, key: uuid.UUID) -> Told:
    return message_templates.described(message_templates.duplicate(holder.tenant_id, key))


_KEPT: Final = Kept(
    room="messageTemplates",
    path="/message-templates",
    noun="message template",
    wrapped="messageTemplate",
    scope="templates",
    service=message_templates,
    described=message_templates.described,
    told=MessageTemplate,
    new=MessageTemplateNew,
    changed=MessageTemplateChange,
    asked=MessageTemplatesAsked,
    create=_create,
    change=_change,
)

ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _KEPT.act(
        "duplicate", "Write the same text once more under a name that is free.", "POST", "/duplicate", _duplicate,
        gives=MessageTemplate, status=201, wrapped="messageTemplate",
    ),
)  # fmt: skip
