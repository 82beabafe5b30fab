"""A tenant with one of everything in it, each marked with a canary, for the suites that walk over every route."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, text

from tests.campaigning import make_instance
from tests.people import Person
from webapp.db import act_for, as_owner, db
from webapp.models.callback_inbox import Callback
from webapp.models.campaigns import Campaign
from webapp.models.contact_acts import ContactAct
from webapp.models.contacts import Contact
from webapp.models.groups import Group, GroupContact
from webapp.models.imports import ImportChunk, ImportRow, ImportRun
from webapp.models.message_templates import MessageTemplate
from webapp.models.messages_history import Message
from webapp.models.opt_outs import OptOut
from webapp.models.recipients import Recipient
from webapp.models.tenants import Tenant
from webapp.models.webhooks import WebhookAttempt, WebhookLog, WebhookMinute
from webapp.services import api_keys, groups, webhooks


@dataclass(frozen=True)
class World:
    """What a tenant has: ids by the name of the route argument that takes them."""

    tenant_id: uuid.UUID
    canary: str
    ids: dict[str, Any] = field(default_factory=dict)


def make_world(person: Person, canary: str, first_number: int) -> World:
    """Fill the person's tenant; every text in it holds `canary`."""
    tenant_id = person.tenant_id
    act_for(tenant_id)
    db.session.get_one(Tenant, tenant_id).default_country = "DE"
    contact = Contact(
        tenant_id=tenant_id,
        phone_number=f"+49151{first_number:08d}",
        phone_key=f"49151{first_number:08d}",
        name=f"{canary} person",
        attributes={"city": canary},
    )
    gone = Contact(
        tenant_id=tenant_id,
        phone_number=f"+49152{first_number:08d}",
        phone_key=f"49152{first_number:08d}",
        name=f"{canary} deleted",
        deleted_at=db.func.now(),
    )
    group = Group(tenant_id=tenant_id, name=f"{canary} group", description=canary)
    template = MessageTemplate(
        tenant_id=tenant_id, name=f"{canary} template", content=f"Hi {{{{name}}}} {canary}"
    )
    db.session.add_all([contact, gone, group, template])
    db.session.flush()
    instance = make_instance(tenant_id, number_id=str(first_number))
    instance.name = f"{canary} number"
    db.session.add(GroupContact(tenant_id=tenant_id, group_id=group.id, contact_id=contact.id))
    db.session.add(OptOut(tenant_id=tenant_id, phone_key=gone.phone_key, source="page", at=db.func.now()))
    draft = _campaign(tenant_id, instance.id, group.id, f"{canary} draft", canary)
    running = _campaign(
        tenant_id, instance.id, group.id, f"{canary} running", canary,
        status="running", total_recipients=1, first_number=first_number, started_at=db.func.now(),
    )  # fmt: skip
    run = ImportRun(
        tenant_id=tenant_id, file_name=f"{canary}.csv", size=10, encoding="utf-8", delimiter=",",
        headers=[canary], status="completed", refused=1,
    )  # fmt: skip
    act = ContactAct(
        tenant_id=tenant_id,
        kind="trash",
        which={"at": "2026-01-01T00:00:00+00:00"},
        finished_at=db.func.now(),
    )
    db.session.add_all([draft, running, run, act])
    db.session.flush()
    message = Message(
        tenant_id=tenant_id, whatsapp_instance_id=instance.id, contact_id=contact.id, campaign_id=running.id,
        message_id=f"wamid.{canary}", chat_id=contact.phone_key, direction="out",
        type="text", content=canary, status="sent",
    )  # fmt: skip
    db.session.add_all(
        [
            Recipient(
                tenant_id=tenant_id, number=first_number, campaign_id=running.id, contact_id=contact.id,
                phone_number=contact.phone_number, phone_key=contact.phone_key, message_data={"name": canary},
            ),
            message,
            ImportChunk(tenant_id=tenant_id, import_run_id=run.id, position=0, data=canary.encode()),
            ImportRow(
                tenant_id=tenant_id, import_run_id=run.id, row_number=1, reason=json.dumps([canary, {}]), cells=[canary]
            ),
            Callback(
                tenant_id=tenant_id, whatsapp_instance_id=instance.id, body=canary.encode(),
                applied_at=db.func.now(),
            ),
        ]
    )  # fmt: skip
    db.session.commit()
    webhook_id, log_id = _webhook(tenant_id, canary)
    key, _ = api_keys.create(tenant_id, name=f"{canary[:90]} key")
    key.name = f"{canary} key"
    db.session.commit()
    groups.get(tenant_id, group.id)
    return World(
        tenant_id,
        canary,
        {
            "contact_id": contact.id,
            "deleted_contact_id": gone.id,
            "group_id": group.id,
            "template_id": template.id,
            "instance_id": instance.id,
            "campaign_id": running.id,
            "draft_id": draft.id,
            "run_id": run.id,
            "act_id": act.id,
            "message_id": message.id,
            "webhook_id": webhook_id,
            "log_id": log_id,
            "user_id": person.user_id,
            "key_id": key.id,
            "tenant_id": tenant_id,
        },
    )


def _webhook(tenant_id: uuid.UUID, canary: str) -> tuple[uuid.UUID, uuid.UUID]:
    """A webhook that failed once, with the entry in its log."""
    webhook, _ = webhooks.create(
        tenant_id,
        name=f"{canary[:90]} webhook",
        url="https://hooks.example.com/world",
        description=canary[:1000],
    )
    webhook.name, webhook.description = f"{canary} webhook", canary
    log = WebhookLog(
        tenant_id=tenant_id, webhook_id=webhook.id, event="contact_created", payload={"name": canary},
        response=canary, status_code=500, error_message=canary, attempt_count=1, completed_at=db.func.now(),
    )  # fmt: skip
    db.session.add(log)
    db.session.flush()
    minute = db.func.date_trunc("minute", db.func.now())
    db.session.add_all(
        [
            WebhookAttempt(
                tenant_id=tenant_id, webhook_log_id=log.id, number=1, status_code=500, duration_ms=120, response=canary,
                error_message=canary, request_headers={"x-canary": canary}, completed_at=db.func.now(),
            ),
            WebhookMinute(
                tenant_id=tenant_id, webhook_id=webhook.id, minute=minute, tries=3, failures=1, duration_ms=360
            ),
        ]
    )  # fmt: skip
    db.session.commit()
    return webhook.id, log.id


def _campaign(
    tenant_id: uuid.UUID, instance_id: uuid.UUID, group_id: uuid.UUID, name: str, message: str, **fields: Any
) -> Campaign:
    return Campaign(
        tenant_id=tenant_id,
        whatsapp_instance_id=instance_id,
        name=name,
        message=message,
        audience={"recipient_type": "groups", "recipient_ids": [str(group_id)]},
        **fields,
    )


def checksum(tenant_id: uuid.UUID | None = None) -> dict[str, str]:
    """A mark of every row, by table: of one tenant and its people, or of all."""
    marks = {}
    with as_owner() as connection:
        for table in db.metadata.sorted_tables:
            where = _of_tenant(table) if tenant_id else ""
            if where is None:
                continue
            query = text(f"select row_to_json(r)::text from {table.name} r {where}")
            rows = connection.scalars(query, {"t": tenant_id} if tenant_id else {})
            marks[table.name] = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    return marks


def _of_tenant(table: Table) -> str | None:
    people = "in (select user_id from memberships where tenant_id = :t)"
    if "tenant_id" in table.c:
        return "where tenant_id = :t"
    if "user_id" in table.c:
        return f"where user_id {people}"
    return {"tenants": "where id = :t", "users": f"where id {people}"}.get(table.name)
