"""Secrets at rest: AES-256-GCM with a key id in front, bound to the row and field they belong to."""

import base64
import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

_NONCE_BYTES = 12


class Unreadable(Exception):
    """The secret was moved to another row or field, or its key is not among ENCRYPTION_KEYS any more."""


def _keys() -> dict[str, bytes]:
    keys: dict[str, bytes] = current_app.config["CRIER"].encryption_keys
    return keys


def _bound(tenant_id: uuid.UUID, table: str, row_id: uuid.UUID, field: str) -> bytes:
    return f"{tenant_id}:{table}:{row_id}:{field}".encode()


def seal(secret: str, tenant_id: uuid.UUID, table: str, row_id: uuid.UUID, field: str) -> str:
    """`key id:base64`, readable only as this field of this row."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), _bound(tenant_id, table, row_id, field))
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, tenant_id: uuid.UUID, table: str, row_id: uuid.UUID, field: str) -> str:
    """The secret that `seal` was given.

    Raises:
        Unreadable: not sealed for this row and field, or with a key that is gone.
    """
    key_id, _, data = sealed.partition(":")
    try:
        raw = base64.b64decode(data, validate=True)
        opened = AESGCM(_keys()[key_id]).decrypt(
            raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(tenant_id, table, row_id, field)
        )
    except (KeyError, ValueError, InvalidTag):
        raise Unreadable(f"{table}.{field} of {row_id}") from None
    return opened.decode()
