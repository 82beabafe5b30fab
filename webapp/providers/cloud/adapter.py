"""The Cloud API as a provider: all that the rest of the house asks of it (providers/base.py)."""

from webapp.providers.cloud.answers import read_send_answer
from webapp.providers.cloud.callbacks import handshake, read_callback, verify_signature
from webapp.providers.cloud.errors.table import explain
from webapp.providers.cloud.numbers import check, subscribe
from webapp.providers.cloud.requests import headers, send_url, text_body

__all__ = [
    "check",
    "explain",
    "handshake",
    "headers",
    "read_callback",
    "read_send_answer",
    "send_url",
    "subscribe",
    "text_body",
    "verify_signature",
]
