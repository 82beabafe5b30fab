"""What is posted to Meta: addresses, headers and bodies (Meta's messages reference, v23.0 to v25.0)."""

from json.encoder import encode_basestring_ascii as quoted
from typing import Final
from urllib.parse import quote

from webapp.providers.base import Number

# A million rows differ in three strings only; the rest of the JSON is made once.
_HEAD: Final = '{"messaging_product":"whatsapp","recipient_type":"individual","to":'
_TEXT: Final = {
    True: ',"type":"text","text":{"preview_url":true,"body":',
    False: ',"type":"text","text":{"preview_url":false,"body":',
}
_TRACKER: Final = '},"biz_opaque_callback_data":'


def graph_url(number: Number, *path: str) -> str:
    """An address of Meta's graph for this number's server and version."""
    version = "v" + number.api_version.removeprefix("v")
    parts = (number.base_url.rstrip("/"), *(quote(part, safe=".") for part in (version, *path)))
    return "/".join(parts)


def send_url(number: Number) -> str:
    """Where messages of this number are posted."""
    return graph_url(number, number.phone_number_id, "messages")


def headers(number: Number) -> tuple[str, ...]:
    """What every request for this number carries."""
    return (f"Authorization: Bearer {number.access_token}", "Content-Type: application/json")


def text_body(to: str, body: str, tracker: str, preview_url: bool = False) -> bytes:
    """One text message to `to`, written with + and country code: without + Meta may put the sender's own
    country code in front, and the message goes to somebody else."""
    text = _HEAD + quoted(to) + _TEXT[preview_url] + quoted(body) + _TRACKER + quoted(tracker) + "}"
    return text.encode("ascii")
