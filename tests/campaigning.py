"""A campaign that is ready to be sent to the simulator, and a close look at what became of it."""

import json
import subprocess
import sys
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from webapp import vault
from webapp.db import db
from webapp.models.campaigns import Campaign
from webapp.models.recipients import Recipient
from webapp.models.whatsapp_instances import CallbackAddress, WhatsAppInstance
from webapp.services import counts

APP_SECRET = "simulator-app-secret"


@dataclass(frozen=True)
class Simulator:
    """The provider's stand-in, running, with its ledger: what it accepted."""

    url: str
    ledger_path: Path
    process: subprocess.Popen[str]

    def ledger(self) -> list[dict[str, Any]]:
        if not self.ledger_path.exists():
            return []
        return [json.loads(line) for line in self.ledger_path.read_text().splitlines()]

    def ask(self, address: str, **body: Any) -> dict[str, Any]:
        """POST to one of the simulator's own addresses."""
        request = urllib.request.Request(
            f"{self.url}/_sim/{address}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def times_reached(self) -> Counter[str]:
        """How often each phone number was accepted."""
        return Counter(entry["to"] for entry in self.ledger())


@contextmanager
def simulator(folder: Path, **faults: Any) -> Iterator[Simulator]:
    """The real program on a free port; `faults` as its fault file has them."""
    (folder / "faults.json").write_text(json.dumps(faults))
    ledger = folder / "ledger.jsonl"
    command = [sys.executable, "-m", "simulator", "--port", "0", "--ledger", str(ledger)]
    process = subprocess.Popen(
        [*command, "--faults", str(folder / "faults.json")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    port = line.rsplit(":", 1)[1].split()[0].rstrip("/.,")
    try:
        yield Simulator(f"http://127.0.0.1:{port}", ledger, process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def make_instance(
    tenant_id: uuid.UUID,
    base_url: str = "http://127.0.0.1:9",
    *,
    per_second: int = 1000,
    number_id: str | None = None,
) -> WhatsAppInstance:
    """A connected number of the tenant whose messages go to `base_url`."""
    key = uuid.uuid4()
    secrets = {
        "access_token": "token-" + key.hex,
        "app_secret": APP_SECRET,
        "verify_token": "verify-" + key.hex,
    }
    sealed = {
        name: vault.seal(value, tenant_id, "whatsapp_instances", key, name) for name, value in secrets.items()
    }
    instance = WhatsAppInstance(
        tenant_id=tenant_id,
        id=key,
        name="Shop",
        phone_number="+12025550100",
        base_url=base_url,
        api_version="v23.0",
        phone_number_id=number_id or str(key.int % 10**15),
        business_account_id=str(key.int % 10**14),
        credentials=sealed,
        messages_per_second=per_second,
        status="connected",
    )
    db.session.add(instance)
    db.session.flush()
    db.session.add(CallbackAddress(tenant_id=tenant_id, whatsapp_instance_id=key))
    db.session.commit()
    return instance


def make_people(tenant_id: uuid.UUID, count: int, *, first: int = 0) -> None:
    """`count` contacts with numbers +4915100000000 and up, called Person 0 and up."""
    db.session.execute(
        text(
            """insert into contacts (tenant_id, phone_number, phone_key, name)
               select :tenant_id, '+' || n, n::text, 'Person ' || (n - 4915100000000)
               from generate_series(4915100000000 + :first, 4915100000000 + :first + :count - 1) as n"""
        ),
        {"tenant_id": tenant_id, "first": first, "count": count},
    )
    db.session.commit()


def make_campaign(
    tenant_id: uuid.UUID, instance: WhatsAppInstance, *, message: str = "Hello", **fields: Any
) -> Campaign:
    """A campaign to everyone, waiting for the planner."""
    campaign = Campaign(
        tenant_id=tenant_id,
        whatsapp_instance_id=instance.id,
        name="Spring",
        message=message,
        audience=fields.pop("audience", {"recipient_type": "all"}),
        status=fields.pop("status", "preparing"),
        **fields,
    )
    db.session.add(campaign)
    db.session.commit()
    return campaign


def statuses(campaign: Campaign) -> Counter[str]:
    rows = db.session.scalars(
        select(Recipient.status).where(
            Recipient.tenant_id == campaign.tenant_id, Recipient.campaign_id == campaign.id
        )
    )
    return Counter(rows)


def check_counts(campaign: Campaign) -> None:
    """The counts of the campaign are those of its rows, and all states sum to the total."""
    figures = counts.read(campaign.tenant_id, campaign.id)
    assert figures is not None
    rows = statuses(campaign)
    for count, held in counts.HOLDS.items():
        assert figures[count] == sum(rows[status] for status in held), count
    assert figures["total_recipients"] == rows.total()
    assert counts.pending(figures) == rows["pending"]
