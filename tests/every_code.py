"""One number, one campaign and one person for every error code there is, and a provider that answers each with its own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.builders import make_contact
from tests.campaigning import make_campaign, make_instance
from tests.cloud import example
from tests.people import Person
from webapp.db import db
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.sending import plan

CODES: list[dict[str, Any]] = example("error_codes")["codes"]
WORDS = {row["code"]: row["class"] for row in CODES}


@dataclass(frozen=True)
class Case:
    """A code with what it happens to; `sibling` is another number of the same account."""

    code: int
    cls: str
    campaign: Campaign
    instance: WhatsAppInstance
    sibling: WhatsAppInstance
    contact: Contact


@contextmanager
def provider(answers: dict[str, tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """A server that answers a post of a number (by its id) with this status and body, or takes the message."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            number_id = self.path.split("/")[2]
            taken = {"contacts": [{"wa_id": sent["to"]}], "messages": [{"id": f"wamid.{number_id}"}]}
            status, body = answers.get(number_id, (200, taken))
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # all of them come at once

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def error(row: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Meta's answer with this code, under the HTTP status of its older table."""
    status = 500 if row["code"] == 1 else row["http_older_table"] or 400
    told = {"message": row["meaning"], "type": "OAuthException", "code": row["code"], "fbtrace_id": "A"}
    return status, {"error": told}


def make_cases(owner: Person, url: str) -> list[Case]:
    """A running campaign to one person for each code, planned and not sent yet."""
    return [_make_case(owner, url, row["code"], row["class"]) for row in CODES]


def _make_case(owner: Person, url: str, code: int, cls: str) -> Case:
    instance = make_instance(owner.tenant_id, url, number_id=f"9{code:09d}")
    sibling = make_instance(owner.tenant_id, url, number_id=f"8{code:09d}")
    sibling.business_account_id = instance.business_account_id
    contact = make_contact(owner.tenant_id, f"Person {code}")
    audience = {"recipient_type": "contacts", "recipient_ids": [str(contact.id)]}
    campaign = make_campaign(owner.tenant_id, instance, audience=audience)
    plan.plan(owner.tenant_id, campaign.id)
    db.session.commit()
    return Case(code, cls, campaign, instance, sibling, contact)
