"""A provider that only exists as a list: what it accepted, and the news of it that are still to be told."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from tests.callbacks import BEGAN, statuses_of, tracker_of
from webapp.db import act_for, db
from webapp.models.callback_inbox import Callback
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services.receiving import apply as receiving

AT = {"sent": 1, "delivered": 2, "read": 3, "failed": 2}


@dataclass(frozen=True)
class Taken:
    """One accepted message: to whom, and under which number on the wire."""

    phone: str
    number: int
    message_id: str


@dataclass
class Provider:
    """The ground truth of a test."""

    instance: WhatsAppInstance
    ledger: list[Taken] = field(default_factory=list)

    def accept(self, phone: str, number: int) -> str:
        taken = Taken(phone, number, f"wamid.{uuid.uuid4().hex}")
        self.ledger.append(taken)
        return taken.message_id

    def tell(self, *news: tuple[Taken, str]) -> None:
        """One callback with these statuses, stored as the door does it, and applied."""
        body = statuses_of(self.instance, *(_status(message, status) for message, status in news))
        given = {"tenant_id": self.instance.tenant_id, "whatsapp_instance_id": self.instance.id, "body": body}
        db.session.execute(insert(Callback).values(**given))
        db.session.commit()
        receiving.apply(self.instance.tenant_id)
        act_for(self.instance.tenant_id)
        db.session.rollback()
        db.session.expire_all()


def _status(message: Taken, status: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": message.message_id,
        "status": status,
        "timestamp": str(BEGAN + AT[status]),
        "recipient_id": message.phone.lstrip("+"),
        "biz_opaque_callback_data": tracker_of(message.number),
    }
    if status == "failed":
        item["errors"] = [{"code": 131026, "title": "Undeliverable", "error_data": {"details": "Not there."}}]
    return json.loads(json.dumps(item))
