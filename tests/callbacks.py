"""A provider that calls back: bodies as Meta makes them, signed, posted to the door, and applied."""

import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from flask import Flask, current_app
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.campaigning import APP_SECRET, make_campaign, make_instance, make_people
from tests.people import outside
from webapp.db import act_for, db
from webapp.models.callback_inbox import Callback
from webapp.models.campaigns import Campaign
from webapp.models.messages_history import Message
from webapp.models.recipients import Recipient
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.tracker import make_tracker
from webapp.sending import plan
from webapp.sending.gate import gate
from webapp.sending.lease import claim
from webapp.sending.results import Result
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.services import tracking
from webapp.services.receiving import addresses
from webapp.services.receiving import apply as receiving
from webapp.services.receiving.inbox import ASK_AGAIN_AFTER

# The number and the account of Meta's examples.
NUMBER_ID = "720000000000101"
ACCOUNT_ID = "910000000000001"


def signed(raw: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def post(
    app: Flask, instance_id: uuid.UUID, raw: bytes, *, secret: str = APP_SECRET, **options: Any
) -> TestResponse:
    """One callback as it comes over the wire."""
    headers = {"X-Hub-Signature-256": signed(raw, secret), "Content-Type": "application/json"}
    given = {"data": raw, "headers": headers} | options
    return outside(app.test_client().post, f"/callbacks/whatsapp/{instance_id}", **given)


def body_of(*changes: dict[str, Any], account: str = ACCOUNT_ID, **entry: Any) -> bytes:
    return json.dumps({"entry": [{"id": account, "changes": list(changes), **entry}]}).encode()


def change_of(instance: WhatsAppInstance, field: str = "messages", **value: Any) -> dict[str, Any]:
    return {"field": field, "value": {"metadata": {"phone_number_id": instance.phone_number_id}} | value}


def statuses_of(instance: WhatsAppInstance, *items: dict[str, Any]) -> bytes:
    return body_of(change_of(instance, statuses=list(items)), account=instance.business_account_id)


def messages_of(instance: WhatsAppInstance, *items: dict[str, Any], **more: Any) -> bytes:
    return body_of(change_of(instance, messages=list(items), **more), account=instance.business_account_id)


def preferences_of(instance: WhatsAppInstance, *items: dict[str, Any]) -> bytes:
    change = change_of(instance, "user_preferences", user_preferences=list(items))
    return body_of(change, account=instance.business_account_id)


def status_of(
    recipient: Recipient, status: str, *, at: int = 0, code: int | None = None, **more: Any
) -> dict[str, Any]:
    """A status of this recipient's message, `at` seconds after a fixed moment of the past."""
    item: dict[str, Any] = {
        "id": f"wamid.{recipient.number}",
        "status": status,
        "timestamp": str(BEGAN + at),
        "recipient_id": recipient.phone_number.lstrip("+"),
        "biz_opaque_callback_data": tracker_of(recipient.number),
    }
    if code is not None:
        item["errors"] = [{"code": code, "title": "trouble", "error_data": {"details": f"Trouble {code}."}}]
    return item | more


BEGAN = int(time.time()) - 3600


def tracker_of(number: int) -> str:
    return make_tracker(number, tracking.key())


def text_from(wa_id: str, words: str, *, at: int = 0, **more: Any) -> dict[str, Any]:
    item = {"from": wa_id, "id": f"wamid.in.{uuid.uuid4().hex}", "timestamp": str(BEGAN + at)}
    return item | {"type": "text", "text": {"body": words}} | more


def arrive(app: Flask, instance: WhatsAppInstance, *bodies: bytes) -> None:
    """Each is posted and acknowledged; then a worker applies what is there."""
    for raw in bodies:
        assert post(app, instance.id, raw).status_code == 200
    work(instance.tenant_id)


def work(tenant_id: uuid.UUID) -> None:
    assert receiving.apply(tenant_id) is False
    act_for(tenant_id)
    db.session.expire_all()


def make_example_number(tenant_id: uuid.UUID) -> WhatsAppInstance:
    """The number that Meta's examples are about."""
    instance = make_instance(tenant_id, number_id=NUMBER_ID)
    instance.business_account_id = ACCOUNT_ID
    db.session.commit()
    return instance


def make_running(tenant_id: uuid.UUID, people: int = 3, **fields: Any) -> tuple[Campaign, WhatsAppInstance]:
    """A campaign that runs, with everybody still waiting."""
    make_people(tenant_id, people)
    instance = fields.pop("instance", None) or make_instance(tenant_id)
    campaign = make_campaign(tenant_id, instance, **fields)
    plan.plan(tenant_id, campaign.id)
    return campaign, instance


def recipients(campaign: Campaign) -> list[Recipient]:
    query = Recipient.of(campaign.tenant_id).where(Recipient.campaign_id == campaign.id)
    return list(db.session.scalars(query.order_by(Recipient.number)))


def send(campaign: Campaign, status: str = "accepted", **result: Any) -> None:
    """Gate everybody who waits, and settle them as if the provider had answered so."""
    store = Store(current_app.config["CRIER"].database_url)
    batch = claim(store, campaign.tenant_id, campaign.id, 60)
    assert batch is not None
    window = gate(store, batch, len(batch.rows), lease_seconds=60, post_seconds=30)
    assert window is not None
    assert campaign.whatsapp_instance_id is not None
    for row in window.rows:
        row.content = "Hello"
    results = [
        Result(row, status, f"wamid.{row.recipient}" if status == "accepted" else None, **result)
        for row in window.rows
        if row.recipient not in window.held_back
    ]
    settle(store, [(window, results)], instance_id=campaign.whatsapp_instance_id, type="text")
    store.close()
    db.session.expire_all()


def history(tenant_id: uuid.UUID) -> list[Message]:
    return list(db.session.scalars(Message.of(tenant_id).order_by(Message.created_at, Message.id)))


def inbox(tenant_id: uuid.UUID) -> list[Callback]:
    return list(db.session.scalars(Callback.of(tenant_id).order_by(Callback.id)))


def ask_again_now(tenant_id: uuid.UUID) -> None:
    """As if just enough time had passed to ask once more for what is still in the inbox."""
    waits = list(ASK_AGAIN_AFTER)
    db.session.execute(
        text(
            "update callback_inbox set received_at = now() - make_interval(secs => (cast(:waits as int[]))[tries])"
            " where applied_at is null"
        ),
        {"waits": waits},
    )
    db.session.commit()
    work(tenant_id)


def forget_addresses() -> None:
    """As if the moment were over for which the door remembers whom an address belongs to."""
    addresses._kept.clear()
