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
from webapp.services.instance_secrets import Credentials, secrets_of

# A number that was deleted, or whose secret was changed, is heard for this long at most.
KEEP_SECONDS: Final = 2
MOST_KEPT: Final = 10_000

_NONE: Final = Credentials("", "", "")


@dataclass(frozen=True, slots=True)
class Address:
    """A living number that callbacks may name, with its secrets still sealed."""

    tenant_id: uuid.UUID
    instance: WhatsAppInstance

    @property
    def provider(self) -> Provider:
        return PROVIDERS[self.instance.provider]

    @property
    def secrets(self) -> Credentials:
        """The open secrets; empty ones, which let nobody in, when they can not be read any more."""
        return readable_secrets(self.instance)


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


def readable_secrets(instance: WhatsAppInstance) -> Credentials:
    """The secrets of a number, empty when the key they were sealed with is gone."""
    try:
        return secrets_of(instance)
    except vault.Unreadable:
        return _NONE


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
