"""Signing: the bytes of a post and the headers that prove them (Standard Webhooks 1.0)."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from standardwebhooks import Webhook as Signer

# In the order in which a reader wants them; PostgreSQL keeps the keys of its JSON in another.
_ORDER: Final = ("id", "type", "timestamp", "tenantId", "sequence", "truncated", "payload")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def body_of(told: Mapping[str, Any]) -> str:
    """The body of every post of this event: the same at each try."""
    first = {name: told[name] for name in _ORDER if name in told}
    return _encode(first | dict(told))


def headers_of(message_id: uuid.UUID, at: datetime, body: str, signers: Sequence[Signer]) -> tuple[str, ...]:
    """The headers of one try: its own time, and a signature by each secret that is valid."""
    signatures = " ".join(signer.sign(str(message_id), at, body) for signer in signers)
    return (
        "content-type: application/json",
        "user-agent: Crier-Webhooks/1",
        f"webhook-id: {message_id}",
        f"webhook-timestamp: {int(at.timestamp())}",
        f"webhook-signature: {signatures}",
    )
