"""The bodies of status callbacks as Meta makes them, and the requests that carry them."""

import hmac
import time
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

from bench.stub.book import Accepted

_STATUS: Final = (
    b'{"id":"%s","status":"%s","timestamp":"%d","recipient_id":"%s","biz_opaque_callback_data":"%s",'
    b'"pricing":{"billable":false,"pricing_model":"PMP","type":"free_customer_service","category":"service"}}'
)
_ENVELOPE: Final = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"value":{'
    b'"messaging_product":"whatsapp","metadata":{"display_phone_number":"12025550100",'
    b'"phone_number_id":"%s"},"statuses":[%s]},"field":"messages"}]}]}'
)
_REQUEST: Final = (
    b"POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256=%s\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where callbacks go, and for which number."""

    host: str
    port: int
    path: bytes
    secret: bytes
    account_id: bytes
    number_id: bytes

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        url = urlsplit(given["url"])
        words = (given[name].encode() for name in ("secret", "accountId", "phoneNumberId"))
        return cls(url.hostname or "", url.port or 80, url.path.encode(), *words)


def envelope(address: Address, status: bytes, messages: list[Accepted]) -> bytes:
    """The request that tells this status of these messages."""
    now = int(time.time())
    statuses = b",".join(_STATUS % (one.message_id, status, now, one.to, one.tracker) for one in messages)
    body = _ENVELOPE % (address.account_id, address.number_id, statuses)
    signature = hmac.digest(address.secret, body, "sha256").hex().encode()
    host = f"{address.host}:{address.port}".encode()
    return _REQUEST % (address.path, host, signature, len(body), body)
