"""What a number needs to speak for itself: sealed in its row, opened for sender, check and callbacks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from webapp import vault
from webapp.models.whatsapp_instances import WhatsAppInstance

SECRETS = ("access_token", "app_secret", "verify_token")

_TABLE = WhatsAppInstance.__tablename__
# A shorter secret would be half given away by its end.
_SHORTEST_WITH_AN_END = 12


@dataclass(frozen=True, slots=True)
class Credentials:
    """The open secrets of one number; they never show in a log."""

    access_token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page may show: how the secrets end, and the verify token, which is pasted at the provider."""

    access_token_end: str = ""
    app_secret_end: str = ""
    verify_token: str = ""
    readable: bool = True


def seal(instance: WhatsAppInstance, secrets: Mapping[str, str]) -> None:
    """Put secrets into their number's row, which must have its id; those that are not given stay."""
    place = (instance.tenant_id, _TABLE, instance.id)
    sealed = {name: vault.seal(secret, *place, name) for name, secret in secrets.items()}
    instance.credentials = {**instance.credentials, **sealed}


def secrets_of(instance: WhatsAppInstance) -> Credentials:
    """The open secrets of a number; one that it does not have is empty.

    Raises:
        vault.Unreadable: the key is not among ENCRYPTION_KEYS any more; they must be put in again.
    """
    return Credentials(**{name: secret_of(instance, name) for name in SECRETS})


def changed(instance: WhatsAppInstance, secrets: Mapping[str, str]) -> dict[str, str]:
    """Those among the given secrets that differ from the present ones; all of them when these can not be read."""
    try:
        present = asdict(secrets_of(instance))
    except vault.Unreadable:
        present = {}
    return {name: secret for name, secret in secrets.items() if present.get(name) != secret}


def shown(instance: WhatsAppInstance) -> Shown:
    try:
        secrets = secrets_of(instance)
    except vault.Unreadable:
        return Shown(readable=False)
    return Shown(_end(secrets.access_token), _end(secrets.app_secret), secrets.verify_token)


def secret_of(instance: WhatsAppInstance, name: str) -> str:
    """One of them, as `secrets_of` opens it."""
    sealed = instance.credentials.get(name)
    return vault.unseal(sealed, instance.tenant_id, _TABLE, instance.id, name) if sealed else ""


def _end(secret: str) -> str:
    return secret[-4:] if len(secret) >= _SHORTEST_WITH_AN_END else ""
