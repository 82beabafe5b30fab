"""For acts that need an object in a state of its own, or leave one in another: such an object, which no other act touches."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.campaigning import make_instance
from tests.world import World
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.groups import Group
from webapp.models.imports import ImportRun
from webapp.models.message_templates import MessageTemplate
from webapp.models.webhooks import Webhook
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import webhooks

Make = Callable[[World, str], Any]


def _contact(world: World, name: str) -> Contact:
    digits = f"49160{uuid.uuid4().int % 10**8:08d}"
    return Contact(tenant_id=world.tenant_id, name=name, phone_number=f"+{digits}", phone_key=digits)


def _group(world: World, name: str) -> Group:
    return Group(tenant_id=world.tenant_id, name=name)


def _template(world: World, name: str) -> MessageTemplate:
    return MessageTemplate(tenant_id=world.tenant_id, name=name, content=name)


def _number(world: World, name: str) -> WhatsAppInstance:
    number = make_instance(world.tenant_id)
    number.name = name
    return number


def _paused_number(world: World, name: str) -> WhatsAppInstance:
    number = _number(world, name)
    number.status = "paused"
    return number


def _webhook(world: World, name: str) -> Webhook:
    return webhooks.create(world.tenant_id, name=name, url="https://hooks.example.com/target")[0]


def _import(world: World, name: str) -> ImportRun:
    return ImportRun(
        tenant_id=world.tenant_id, file_name=name, size=10, encoding="utf-8", delimiter=",", headers=[name],
        status="queued",
    )  # fmt: skip


def _campaign(**fields: Any) -> Make:
    def make(world: World, name: str) -> Campaign:
        audience = {"recipient_type": "groups", "recipient_ids": [str(world.ids["group_id"])]}
        return Campaign(
            tenant_id=world.tenant_id, whatsapp_instance_id=world.ids["instance_id"], name=name, message=name,
            audience=audience, **fields,
        )  # fmt: skip

    return make


def _trashed(make: Make) -> Make:
    def made(world: World, name: str) -> Any:
        thing = make(world, name)
        thing.deleted_at = datetime.now(UTC)
        return thing

    return made


_LATER: Final = datetime.now(UTC) + timedelta(days=7)
_MAKERS: Final[dict[str, Make]] = {
    "contacts.delete": _contact,
    "contacts.deleteMany": _contact,
    "contacts.restore": _trashed(_contact),
    "contacts.restoreMany": _trashed(_contact),
    "contacts.erase": _trashed(_contact),
    "imports.cancel": _import,
    "groups.delete": _group,
    "groups.restore": _trashed(_group),
    "groups.removeContacts": _group,
    "messageTemplates.delete": _template,
    "messageTemplates.restore": _trashed(_template),
    "whatsappInstances.update": _number,
    "whatsappInstances.delete": _number,
    "whatsappInstances.restore": _trashed(_number),
    "whatsappInstances.check": _number,
    "whatsappInstances.pause": _number,
    "whatsappInstances.unpause": _paused_number,
    "campaigns.update": _campaign(),
    "campaigns.delete": _campaign(),
    "campaigns.restore": _trashed(_campaign()),
    "campaigns.start": _campaign(),
    "campaigns.resume": _campaign(status="paused", started_at=db.func.now()),
    "campaigns.cancel": _campaign(status="running", started_at=db.func.now()),
    "campaigns.unschedule": _campaign(status="scheduled", scheduled_at=_LATER, time_zone="Europe/Lisbon"),
    "webhooks.delete": _webhook,
    "webhooks.restore": _trashed(_webhook),
}


def make_targets(world: World) -> dict[str, uuid.UUID]:
    """Their ids by the names of the acts."""
    act_for(world.tenant_id)
    made = {act: make(world, f"{world.canary} {act}") for act, make in _MAKERS.items()}
    db.session.add_all(made.values())
    db.session.commit()
    return {act: thing.id for act, thing in made.items()}
