"""A campaign through the simulator and back: sent by the engine, told over HTTP, applied by a worker."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from sqlalchemy import select
from werkzeug.serving import make_server

from tests.callbacks import history, inbox
from tests.campaigning import (
    Simulator,
    check_counts,
    make_campaign,
    make_instance,
    make_people,
    simulator,
    statuses,
)
from tests.people import Person
from webapp import broker
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign, CampaignFailure
from webapp.models.recipients import Recipient
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.sending import plan
from webapp.sending.slice import Sender
from webapp.services import outgoing
from webapp.services.receiving import apply as receiving

# Everything that may happen to a message or to its news, often.
FAULTS = {
    "drop": 0.05,
    "bad_gateway": 0.05,
    "garbage": 0.02,
    "duplicate": 0.3,
    "reorder": 0.3,
    "forged": 0.05,
    "unknown": 0.05,
    "failed": 0.1,
    "sent_seconds": 0.01,
    "delivered_seconds": 0.1,
    "read_seconds": 0.2,
    "seed": 11,
}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application at an address of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(provider: Simulator, method: str, path: str, **body: Any) -> dict[str, Any]:
    connection = HTTPConnection(urlsplit(provider.url).netloc)
    connection.request(method, path, json.dumps(body))
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def subscribe(provider: Simulator, instance: WhatsAppInstance, address: str) -> None:
    ask(
        provider,
        "POST",
        "/_sim/numbers",
        phoneNumberId=instance.phone_number_id,
        businessAccountId=instance.business_account_id,
        url=f"{address}/callbacks/whatsapp/{instance.id}",
    )


def until_all_is_told(provider: Simulator, campaign: Campaign, seconds: float = 20) -> None:
    """Work through the inbox until the provider has nothing more to say."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        is_over = not ask(provider, "GET", "/_sim/stats")["callbacksPending"]
        receiving.apply(campaign.tenant_id)
        act_for(campaign.tenant_id)
        if is_over:
            break
        time.sleep(0.05)
    db.session.expire_all()


def test_every_accepted_message_is_told_once_whatever_happens_to_its_news(
    app: Flask, owner: Person, tmp_path: Path
) -> None:
    make_people(owner.tenant_id, 200)
    with served(app) as address, simulator(tmp_path, **FAULTS) as provider:
        instance = make_instance(owner.tenant_id, provider.url)
        subscribe(provider, instance, address)
        campaign = make_campaign(owner.tenant_id, instance, message="Hi {{name}}")
        plan.plan(owner.tenant_id, campaign.id)
        with closing(Sender(current_app.config["CRIER"], outgoing.rules(), broker.redis())) as sender:
            sender.serve(lambda: False, 20)
        until_all_is_told(provider, campaign)
        ledger = provider.ledger()
    reached = statuses(campaign)
    assert set(reached) == {"read", "failed"}, "what was uncertain is known by now"
    assert reached.total() == len(ledger) == 200
    check_counts(campaign)
    told = {row.message_id: row for row in history(owner.tenant_id)}
    assert set(told) == {entry["messageId"] for entry in ledger}
    assert {row.message_id: row.content for row in told.values()} == {
        entry["messageId"]: entry["body"] for entry in ledger
    }
    rows = db.session.scalars(Recipient.of(owner.tenant_id)).all()
    assert {row.phone_number: row.message_id for row in rows} == {
        entry["to"]: entry["messageId"] for entry in ledger
    }
    assert Counter(row.status for row in told.values()) == reached
    failures = dict(db.session.execute(select(CampaignFailure.error_code, CampaignFailure.count)).all())
    assert failures == {131026: reached["failed"]}
    assert all(row.applied_at for row in inbox(owner.tenant_id))
