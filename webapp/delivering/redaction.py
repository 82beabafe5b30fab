"""Redaction: what may be kept of a request and its answer."""

import re
from collections.abc import Iterable
from typing import Final

from webapp.domain.phones import mask
from webapp.models.webhooks import MOST_KEPT

# What looks like a secret, whoever sends it back: a token, a key, a signature, a password.
_SECRETS: Final = re.compile(
    r"(?i)(bearer\s+|basic\s+|whsec_|crier_|\bv1,"
    r"|(?:token|secret|password|authorization|cookie|signature|api[_-]?key)[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic)\s+)?)"
    r"([^\s'\"&,;<>]{6,})"
)
_SIGNATURE: Final = "webhook-signature"


def answer(body: bytes) -> str | None:
    """An answer as it is kept: readable, without secrets and whole phone numbers, 20 KB at most; None if empty."""
    text = body.decode(errors="replace").replace("\0", "")
    text = mask(_SECRETS.sub(r"\1…", text))
    return text.encode()[:MOST_KEPT].decode(errors="ignore") or None


def headers(sent: Iterable[str]) -> dict[str, str]:
    """The headers of a request without its signature: whoever has it could post in our name for some minutes."""
    named = dict(header.split(": ", 1) for header in sent)
    return {name: "v1,…" if name == _SIGNATURE else value for name, value in named.items()}
