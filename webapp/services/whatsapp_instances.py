"""WhatsApp instances, which pages call numbers: what campaigns are sent from."""

import uuid
from typing import Any, Final, Unpack

from sqlalchemy import func

from webapp import broker
from webapp.db import db, on_commit
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.models.campaigns import Campaign
from webapp.models.tenants import Tenant
from webapp.models.whatsapp_instances import CallbackAddress, WhatsAppInstance
from webapp.services import alone, audit, heard, instance_fields, instance_secrets
from webapp.services.instance_fields import Typed
from webapp.services.instance_secrets import SECRETS, Credentials, seal, secrets_of, shown
from webapp.services.locks import held, lock_tenant
from webapp.services.pages import Page, has_part, page

__all__ = ["Credentials", "Typed", "secrets_of", "shown"]

# A campaign in one of these still needs its number.
_NEEDING: Final = ("scheduled", "preparing", "running", "paused")
# Whoever changes one of these must know whether it still works.
_CHECKED: Final = frozenset({"base_url", "api_version", "phone_number_id", "business_account_id", *SECRETS})
# What a result says of the time before the next check.
_PASSING: Final = frozenset({"paused_by", "tries"})
_TAKEN: Final = N_("Another number here has this id at WhatsApp.")


def described(instance: WhatsAppInstance) -> dict[str, Any]:
    """The number as the API tells it; its secrets are told to nobody."""
    return {
        "id": str(instance.id),
        "name": instance.name,
        "phoneNumber": instance.phone_number,
        "provider": instance.provider,
        "baseUrl": instance.base_url,
        "apiVersion": instance.api_version,
        "phoneNumberId": instance.phone_number_id,
        "businessAccountId": instance.business_account_id,
        "messagesPerSecond": instance.messages_per_second,
        "status": instance.status,
        "quality": instance.quality,
        "createdAt": instance.created_at.isoformat(),
        "updatedAt": instance.updated_at.isoformat(),
    }


def listed(
    tenant_id: uuid.UUID, *, q: str = "", deleted: bool = False, **keys: Any
) -> Page[WhatsAppInstance]:
    """One page of numbers, newest first; `q` is a part of the name."""
    query = WhatsAppInstance.of(tenant_id, deleted=deleted)
    if q.strip():
        query = query.where(has_part(WhatsAppInstance.name, q))
    return page(query, WhatsAppInstance.id, **keys)


def get(tenant_id: uuid.UUID, instance_id: uuid.UUID, *, deleted: bool = False) -> WhatsAppInstance:
    query = WhatsAppInstance.of(tenant_id, deleted=deleted).where(WhatsAppInstance.id == instance_id)
    return _there(db.session.scalar(query))


def create(
    tenant_id: uuid.UUID, *, user_id: uuid.UUID | None = None, **typed: Unpack[Typed]
) -> WhatsAppInstance:
    """Connect a number: store it, give it its callback address, and have it checked."""
    columns = instance_fields.clean(instance_fields.DEFAULTS | typed, _country(tenant_id))
    instance = add(tenant_id, columns, instance_fields.clean_secrets(typed, required=True))
    audit.record(tenant_id, user_id, "number_added", instance.id)
    db.session.commit()
    return instance


def add(tenant_id: uuid.UUID, columns: dict[str, Any], secrets: dict[str, str]) -> WhatsAppInstance:
    """Write a number whose fields are clean, and queue its check. Commits nothing.

    One that is in the trash comes back as itself: news of its older campaigns still find them.
    """
    instance = _thrown_away(tenant_id, columns)
    if instance is None:
        instance = WhatsAppInstance(tenant_id=tenant_id, credentials={}, **columns)
        db.session.add(instance)
        _flush(instance)
        db.session.add(CallbackAddress(whatsapp_instance_id=instance.id, tenant_id=tenant_id))
    else:
        for name, value in ({"deleted_at": None, "check_result": {}} | columns).items():
            setattr(instance, name, value)
        _flush(instance)
    seal(instance, secrets)
    ask_for_check(instance)
    return instance


def update(
    tenant_id: uuid.UUID, instance_id: uuid.UUID, *, user_id: uuid.UUID | None = None, **typed: Unpack[Typed]
) -> WhatsAppInstance:
    """Change a number. A secret that is empty or left out stays; changed access is checked again."""
    columns = instance_fields.clean(typed, _country(tenant_id))
    instance = _held(tenant_id, instance_id)
    secrets = instance_secrets.changed(instance, instance_fields.clean_secrets(typed, required=False))
    changed = {name for name, value in columns.items() if getattr(instance, name) != value} | set(secrets)
    for name in changed - set(secrets):
        setattr(instance, name, columns[name])
    seal(instance, secrets)
    _flush(instance)
    if "app_secret" in secrets:
        heard.forget(instance.id)
    if changed & _CHECKED and not was_paused_by_a_person(instance):
        ask_for_check(instance)
    audit.record(tenant_id, user_id, "number_changed", instance.id, fields=sorted(changed))
    db.session.commit()
    return instance


def check_again(tenant_id: uuid.UUID, instance_id: uuid.UUID) -> WhatsAppInstance:
    """Have a number checked once more. One that a person paused is checked when it goes on."""
    instance = _held(tenant_id, instance_id)
    if was_paused_by_a_person(instance):
        raise Conflict(N_("This number is paused. Let it send again, then it is checked."))
    ask_for_check(instance)
    db.session.commit()
    return instance


def pause(
    tenant_id: uuid.UUID, instance_id: uuid.UUID, *, user_id: uuid.UUID | None = None
) -> WhatsAppInstance:
    """Let nothing more go out from a number. When this has returned, no message passes the gate."""
    lock_tenant(tenant_id)
    instance = _held(tenant_id, instance_id)
    instance.status = "paused"
    instance.check_result = {**instance.check_result, "paused_by": "person"}
    audit.record(tenant_id, user_id, "number_paused", instance.id)
    db.session.commit()
    return instance


def unpause(
    tenant_id: uuid.UUID, instance_id: uuid.UUID, *, user_id: uuid.UUID | None = None
) -> WhatsAppInstance:
    """Let a paused number send again, whoever paused it, and have it checked."""
    instance = _held(tenant_id, instance_id)
    if instance.status != "paused":
        raise Conflict(N_("This number is not paused."))
    ask_for_check(instance)
    audit.record(tenant_id, user_id, "number_resumed", instance.id)
    db.session.commit()
    return instance


def remove(
    tenant_id: uuid.UUID, instance_id: uuid.UUID, *, user_id: uuid.UUID | None = None
) -> WhatsAppInstance:
    """Move a number to the trash, unless a campaign still needs it."""
    lock_tenant(tenant_id)
    instance = _held(tenant_id, instance_id)
    needing = Campaign.of(tenant_id).where(
        Campaign.whatsapp_instance_id == instance_id, Campaign.status.in_(_NEEDING)
    )
    if campaign := db.session.scalar(needing.order_by(Campaign.id).limit(1)):
        raise Conflict(
            N_("The campaign “%(name)s” still sends from this number. Let it finish, or cancel it first."),
            name=campaign.name,
            campaign_id=campaign.id,
        )
    instance.deleted_at = func.now()
    audit.record(tenant_id, user_id, "number_removed", instance.id)
    db.session.commit()
    return instance


def restore(
    tenant_id: uuid.UUID, instance_id: uuid.UUID, *, user_id: uuid.UUID | None = None
) -> WhatsAppInstance:
    """Bring a number back from the trash, if no other has taken its place at the provider."""
    instance = _held(tenant_id, instance_id, deleted=True)
    instance.deleted_at = None
    try:
        _flush(instance)
    except Invalid:
        raise Conflict(_TAKEN) from None
    if not was_paused_by_a_person(instance):
        ask_for_check(instance)
    audit.record(tenant_id, user_id, "number_restored", instance.id)
    db.session.commit()
    return instance


def ask_for_check(instance: WhatsAppInstance) -> None:
    """Queue a check of a number. Commits nothing."""
    instance.status = "unchecked"
    instance.check_result = {
        name: v for name, v in (instance.check_result or {}).items() if name not in _PASSING
    }
    on_commit(broker.ring, "check_instance", instance.tenant_id, instance.id)


def was_paused_by_a_person(instance: WhatsAppInstance) -> bool:
    return instance.status == "paused" and instance.check_result.get("paused_by") == "person"


def _held(tenant_id: uuid.UUID, instance_id: uuid.UUID, *, deleted: bool = False) -> WhatsAppInstance:
    """The number with its row locked: its check, a sender that was refused and people write into it at once."""
    return _there(
        held(WhatsAppInstance.of(tenant_id, deleted=deleted).where(WhatsAppInstance.id == instance_id))
    )


def _thrown_away(tenant_id: uuid.UUID, columns: dict[str, Any]) -> WhatsAppInstance | None:
    """The same number at the provider, as it was last deleted here."""
    query = WhatsAppInstance.of(tenant_id, deleted=True).where(
        WhatsAppInstance.provider == columns["provider"],
        WhatsAppInstance.phone_number_id == columns["phone_number_id"],
    )
    return held(query.order_by(WhatsAppInstance.deleted_at.desc()).limit(1))


def _there(instance: WhatsAppInstance | None) -> WhatsAppInstance:
    if instance is None:
        raise NotFound(N_("There is no such number."))
    return instance


def _country(tenant_id: uuid.UUID) -> str | None:
    return db.session.get_one(Tenant, tenant_id).default_country


def _flush(instance: WhatsAppInstance) -> None:
    twin = WhatsAppInstance.of(instance.tenant_id).where(
        WhatsAppInstance.provider == instance.provider,
        WhatsAppInstance.phone_number_id == instance.phone_number_id,
    )
    alone.flush(instance, twin, "whatsapp_instances_alive", lambda: Invalid("phone_number_id", _TAKEN))
