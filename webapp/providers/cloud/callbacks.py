"""What Meta posts to us: who it is from, the handshake, and the news inside."""

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from webapp.providers.cloud import account_news, message_news
from webapp.providers.cloud.changes import Change
from webapp.providers.cloud.fields import clean, items, mapping, moment
from webapp.providers.news import News, Unrecognised

_PREFIX: Final = "sha256="

_READERS: Final[dict[str, Callable[[Change], Iterator[News]]]] = {
    **message_news.READERS,
    **account_news.READERS,
}


def verify_signature(raw: bytes, header: str | None, app_secret: str) -> bool:
    """Whether these very bytes were signed with the app secret (X-Hub-Signature-256). No secret: never."""
    if not app_secret or not header or not header.startswith(_PREFIX):
        return False
    expected = hmac.digest(app_secret.encode(), raw, "sha256").hex()
    return hmac.compare_digest(expected.encode(), header.removeprefix(_PREFIX).encode("utf-8", "replace"))


def handshake(args: Mapping[str, str], verify_token: str) -> str | None:
    """The challenge to answer with, as plain text, or None to refuse. An empty token never matches."""
    given = args.get("hub.verify_token", "")
    same = hmac.compare_digest(given.encode("utf-8", "replace"), verify_token.encode())
    if not verify_token or not same or args.get("hub.mode") != "subscribe":
        return None
    return args.get("hub.challenge")


def read_callback(raw: bytes) -> list[News]:
    """Everything a callback tells. What can not be read is told as such and costs nothing else."""
    try:
        envelope = json.loads(raw)
    except (ValueError, RecursionError):
        return [Unrecognised("", "", "not JSON")]
    return [news for entry in items(mapping(envelope).get("entry")) for news in _read_entry(mapping(entry))]


def _read_entry(entry: dict[str, Any]) -> Iterator[News]:
    account = clean(entry.get("id"), 100)
    for item in map(mapping, items(entry.get("changes"))):
        field, value = clean(item.get("field"), 100), mapping(item.get("value"))
        reader = _READERS.get(field)
        if reader:
            yield from reader(Change(account, field, value, moment(entry.get("time"))))
        else:
            yield Unrecognised(account, field, "unknown field")
