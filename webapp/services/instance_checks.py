"""The check of a number: what its provider says of it, and whether news of its messages will come back."""

import uuid
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func

from webapp import vault
from webapp.db import act_for, db
from webapp.domain.errors import N_
from webapp.models.whatsapp_instances import QUALITIES, WhatsAppInstance
from webapp.providers.base import Issue, Number, NumberInfo
from webapp.providers.registry import PROVIDERS
from webapp.services import outgoing
from webapp.services.instance_fields import META
from webapp.services.instance_secrets import secrets_of
from webapp.services.locks import held

# A check takes half a minute at most; one that takes longer waits for a worker.
_USUALLY_DONE: Final = timedelta(seconds=40)
# At a start of everything the provider's stand-in or our own web process may come up after the worker.
_TRIES: Final = 6

_UNREADABLE: Final = Issue(
    N_("The access token and the app secret can not be read any more."),
    N_("Put them in again: the key they were locked with is not in use any more."),
    blocking=True,
)
_OUT_OF_REACH: Final = Issue(
    N_("Meta can not reach this installation, so nobody learns what was delivered, read or answered."),
    N_("Set BASE_URL to a public address that starts with https://, then check again."),
)


def callback_address(instance_id: uuid.UUID | str) -> str:
    """Where the provider posts its news of this number."""
    return f"{_base_url()}/callbacks/whatsapp/{instance_id}"


def is_out_of_reach(instance: WhatsAppInstance) -> bool:
    """Whether this number is Meta's own while our address is one that Meta can not call."""
    ours = urlsplit(_base_url())
    return instance.base_url == META and (ours.scheme != "https" or _is_private(ours.hostname or ""))


def is_simulated(instance: WhatsAppInstance) -> bool:
    """Whether this number's messages go to the stand-in of this installation, which refuses nobody for being late."""
    ours = urlsplit(instance.base_url)
    is_here = ours.hostname in ("127.0.0.1", "::1", "localhost")
    return is_here and ours.port == current_app.config["CRIER"].simulator_port


def is_going_on(instance: WhatsAppInstance) -> bool:
    """Whether a check is queued or running."""
    return instance.status in ("unchecked", "checking")


def is_late(instance: WhatsAppInstance) -> bool:
    """Whether a check has been going on for longer than any should."""
    return is_going_on(instance) and datetime.now(UTC) - instance.updated_at > _USUALLY_DONE


def check(tenant_id: uuid.UUID, instance_id: uuid.UUID) -> None:
    """Ask the provider about a number, have it call us back, and write down what came of it.

    A number that is gone or does not wait for a check is left alone. Runs in a worker; takes up to a minute.
    """
    act_for(tenant_id)
    instance = _locked(tenant_id, instance_id)
    if instance is None or not is_going_on(instance):
        return
    instance.status = "checking"
    # Let go of the database before calling the provider.
    db.session.commit()
    number = _number(instance)
    found = _asked(instance, number) if number else (_UNREADABLE, None)
    _write_down(tenant_id, instance_id, number, *found)


def _asked(instance: WhatsAppInstance, number: Number) -> tuple[NumberInfo | Issue, Issue | None]:
    provider, rules = PROVIDERS[instance.provider], outgoing.rules()
    info = provider.check(number, rules)
    if isinstance(info, Issue):
        return info, None
    if is_out_of_reach(instance):
        return info, _OUT_OF_REACH
    return info, provider.subscribe(number, callback_address(instance.id), rules)


def _write_down(
    tenant_id: uuid.UUID,
    instance_id: uuid.UUID,
    asked: Number | None,
    info: NumberInfo | Issue,
    callbacks: Issue | None,
) -> None:
    instance = _locked(tenant_id, instance_id)
    if instance is None or _number(instance) != asked:
        return  # its access was changed meanwhile, and another check is queued
    if isinstance(info, NumberInfo):
        instance.quality = info.quality if info.quality in QUALITIES else "UNKNOWN"
    if instance.status != "paused":
        tried = instance.check_result.get("tries", 0) + 1
        instance.check_result = _told(info) | {
            "callbacks": _words(callbacks) if callbacks else None,
            "callback_address": callback_address(instance_id),
        }
        instance.status = _status(info)
        if _may_pass(info, callbacks) and tried < _TRIES:
            # The clock rings for it again in a moment.
            instance.status = "unchecked"
            instance.check_result = {**instance.check_result, "tries": tried}
    instance.checked_at = func.now()
    db.session.commit()


def _status(info: NumberInfo | Issue) -> str:
    return "connected" if isinstance(info, NumberInfo) and info.can_send else "refused"


def _may_pass(info: NumberInfo | Issue, callbacks: Issue | None) -> bool:
    """Whether it is worth while to ask again soon: somebody did not answer, or could not reach us."""
    if isinstance(info, Issue):
        return info is not _UNREADABLE and not info.details
    return callbacks is not None and callbacks is not _OUT_OF_REACH


def _told(info: NumberInfo | Issue) -> dict[str, Any]:
    if isinstance(info, Issue):
        return {"problems": [_words(info)]}
    return {
        "verified_name": info.verified_name,
        "display_number": info.display_number,
        "messaging_limit": info.messaging_limit,
        "problems": [_words(issue) for issue in info.issues],
    }


def _words(issue: Issue) -> dict[str, Any]:
    return asdict(issue)


def _number(instance: WhatsAppInstance) -> Number | None:
    """What is needed to speak for it, or None when its secrets can not be read."""
    try:
        secrets = secrets_of(instance)
    except vault.Unreadable:
        return None
    return Number(
        instance.base_url,
        instance.api_version,
        instance.phone_number_id,
        instance.business_account_id,
        secrets.access_token,
        secrets.verify_token,
    )


def _locked(tenant_id: uuid.UUID, instance_id: uuid.UUID) -> WhatsAppInstance | None:
    """The number as it is now; nobody else changes it before the commit."""
    return held(WhatsAppInstance.of(tenant_id).where(WhatsAppInstance.id == instance_id))


def _base_url() -> str:
    return str(current_app.config["CRIER"].base_url)


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".localhost", ".local", ".internal"))
