"""What a webhook signs with: sealed in its row, opened for delivery and for those who may see it.

The form of a secret is that of Standard Webhooks: `whsec_` and the base64 of 32 random bytes.
"""

import base64
import os
from datetime import UTC, datetime, timedelta
from typing import Final

from webapp import vault
from webapp.models.webhooks import Webhook

PREFIX: Final = "whsec_"
# How long the secret before this one signs beside it, so that a receiver may change at its leisure.
OVERLAP: Final = timedelta(hours=24)

_TABLE: Final = Webhook.__tablename__
_FIELD: Final = "secret"


def fresh() -> str:
    """A new secret of 256 random bits."""
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def seal(webhook: Webhook, secret: str) -> None:
    """Put a secret into its webhook's row, which must have its id."""
    webhook.secret = vault.seal(secret, webhook.tenant_id, _TABLE, webhook.id, _FIELD)


def open_secret(webhook: Webhook) -> str:
    """The present secret.

    Raises:
        vault.Unreadable: the key is not among ENCRYPTION_KEYS any more; another secret must be made.
    """
    return _opened(webhook, webhook.secret)


def is_readable(webhook: Webhook) -> bool:
    """Whether the present secret can be opened, so that posts are signed at all."""
    try:
        open_secret(webhook)
    except vault.Unreadable:
        return False
    return True


def replace(webhook: Webhook, secret: str) -> None:
    """Let another secret sign from now on, and the present one beside it for a day."""
    webhook.previous_secret = webhook.secret
    webhook.previous_secret_until = datetime.now(UTC) + OVERLAP
    seal(webhook, secret)


def are_two(webhook: Webhook) -> bool:
    """Whether the secret before the present one signs, too."""
    until = webhook.previous_secret_until
    return bool(webhook.previous_secret) and until is not None and until > datetime.now(UTC)


def signing_secrets(webhook: Webhook) -> list[str]:
    """The open secrets that sign a post now: the present one, then the one before it while that is valid.

    Raises:
        vault.Unreadable: the present one can not be opened; one before it that can not is left out.
    """
    secrets = [open_secret(webhook)]
    if webhook.previous_secret and are_two(webhook):
        try:
            secrets.append(_opened(webhook, webhook.previous_secret))
        except vault.Unreadable:
            return secrets
    return secrets


def _opened(webhook: Webhook, sealed: str) -> str:
    # One place for both: the secret moves from column to column of its own row and stays readable.
    return vault.unseal(sealed, webhook.tenant_id, _TABLE, webhook.id, _FIELD)
