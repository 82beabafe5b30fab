"""Intake: what is signed is stored as it came, before it is acknowledged. Nothing is read here."""

import logging
import uuid
from collections.abc import Mapping
from enum import Enum
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from webapp.db import db
from webapp.services import heard
from webapp.services.receiving.addresses import Address, address_of, look_up
from webapp.services.receiving.forgeries import MOST_IN_A_ROW, Forgeries
from webapp.services.receiving.letterbox import Letterbox

log = logging.getLogger(__name__)

_forgeries: Final = Forgeries()

_letterboxes: Final[dict[uuid.UUID, Letterbox]] = {}


class Taken(Enum):
    """What becomes of a callback at the door."""

    STORED = "stored"
    REFUSED = "refused"
    AWAY = "away"


def is_silenced(client: str) -> bool:
    """Whether this client sent so many wrong signatures that the next is not even read."""
    return _forgeries.is_silenced(client)


def handshake(instance_id: uuid.UUID, args: Mapping[str, str]) -> str | None:
    """What to answer a provider that asks whether the address is ours, or None to refuse."""
    address = look_up(instance_id)
    return address.provider.handshake(args, address.secret("verify_token")) if address else None


def receive(instance_id: uuid.UUID, raw: bytes, signature: str | None, client: str) -> Taken:
    """Store a callback whose signature is right over these very bytes, and ring for it to be applied.

    A number that is gone and one without app secret hear nothing. AWAY asks the provider to try again later.
    """
    try:
        address = address_of(instance_id)
        if address is None or not _is_signed(address, raw, signature):
            _note_forgery(instance_id, client)
            if address is not None and heard.note(instance_id, is_signed=False):
                db.session.commit()
            return Taken.REFUSED
        _forgeries.right(client)
        db.session.commit()  # whoever waits at the letterbox holds no connection
    except SQLAlchemyError as error:
        log.error("callback_not_looked_at", extra={"reason": type(error).__name__})
        return Taken.AWAY
    is_stored = _letterbox(address.tenant_id).drop(address.instance.id, raw)
    return Taken.STORED if is_stored else Taken.AWAY


def _is_signed(address: Address, raw: bytes, signature: str | None) -> bool:
    return address.provider.verify_signature(raw, signature, address.secret("app_secret"))


def _letterbox(tenant_id: uuid.UUID) -> Letterbox:
    return _letterboxes.setdefault(tenant_id, Letterbox(tenant_id))


def _note_forgery(instance_id: uuid.UUID, client: str) -> None:
    if _forgeries.wrong(client) in (1, MOST_IN_A_ROW):
        log.warning("callback_refused", extra={"instance": str(instance_id), "client": client})
