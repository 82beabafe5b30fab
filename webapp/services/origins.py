"""Origins: which pages are ours."""

from flask import current_app


def is_own(origin: str, host_url: str) -> bool:
    """Whether a page of this address is one of ours: the public address, or the one that was asked (`host_url`)."""
    return origin in (current_app.config["CRIER"].base_url, host_url.rstrip("/"))
