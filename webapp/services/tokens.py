"""Random tokens that people or browsers carry; only their hash is stored."""

import hashlib
import secrets


def fresh() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def stored(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
