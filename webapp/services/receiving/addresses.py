"""Callback addresses: which number one belongs to, remembered for a moment because most posts come in a row."""

import time
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from webapp import vault
from webapp.db import act_for, db
from webapp.models.whatsapp_instances import CallbackAddress, WhatsAppInstance
from webapp.providers.base import Provider
from webapp.providers.registry import PROVIDERS
from webapp.services.instance_secrets import secret_of

# A number that was deleted, or whose secret was changed, is heard for this long at most.
KEEP_SECONDS: Final = 2
MOST_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Address:
    """A living number that callbacks may name, with its secrets still sealed."""

    tenant_id: uuid.UUID
    instance: WhatsAppInstance

    @property
    def provider(self) -> Provider:
        return PROVIDERS[self.instance.provider]

    def secret(self, name: str) -> str:
        """An open secret; an empty one, which lets nobody in, when it can not be read any more."""
        return readable_secret(self.instance, name)


_kept: dict[uuid.UUID, tuple[float, Address | None]] = {}


def address_of(instance_id: uuid.UUID) -> Address | None:
    """The number of an address, or None when there is none or it was deleted."""
    now = time.monotonic()
    until, address = _kept.get(instance_id, (0.0, None))
    if until > now:
        return address
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    address = look_up(instance_id)
    _kept[instance_id] = (now + KEEP_SECONDS, address)
    return address


def readable_secret(instance: WhatsAppInstance, name: str) -> str:
    """A secret of a number, empty when the key it was sealed with is gone. Opened for each callback: it takes a while
    to open all of them."""
    try:
        return secret_of(instance, name)
    except vault.Unreadable:
        return ""


def look_up(instance_id: uuid.UUID) -> Address | None:
    """The same as it is now: for a handshake, which comes right after a token was changed."""
    tenant_id = db.session.scalar(
        select(CallbackAddress.tenant_id).where(CallbackAddress.whatsapp_instance_id == instance_id)
    )
    if tenant_id is None:
        return None
    act_for(tenant_id)
    instance = db.session.scalar(WhatsAppInstance.of(tenant_id).where(WhatsAppInstance.id == instance_id))
    if instance is None:
        return None
    db.session.expunge(instance)  # it outlives this request
    return Address(tenant_id, instance)
