"""A request as it came and the answer it gets, before and after they are HTTP."""

import http
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

JSON = "application/json; charset=UTF-8"


class Fate(Enum):
    """What becomes of the connection after an answer."""

    KEEP = "keep"
    CLOSE = "close"  # the answer leaves, then the connection ends
    DROP = "drop"  # no answer: the connection just ends
    RESET = "reset"  # no answer: the connection is torn down


@dataclass(slots=True, frozen=True)
class Request:
    method: str
    path: str
    query: str
    authorization: str
    host: str
    body: bytes
    keep_alive: bool = True

    def parameters(self) -> dict[str, str]:
        """The query string as a dictionary; of a repeated name the last one counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(slots=True, frozen=True)
class Answer:
    """`wait` is in seconds, before anything of it leaves."""

    status: int
    body: bytes
    headers: Mapping[str, str] | None = None
    content_type: str = JSON
    wait: float = 0.0
    fate: Fate = Fate.KEEP

    def wire(self) -> bytes:
        """The bytes of it in HTTP/1.1."""
        head = (
            f"HTTP/1.1 {self.status} {http.HTTPStatus(self.status).phrase}\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {len(self.body)}\r\n"
        )
        if self.headers:
            head += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        if self.fate is Fate.CLOSE:
            head += "Connection: close\r\n"
        return head.encode("latin-1") + b"\r\n" + self.body


_encode = json.JSONEncoder(separators=(",", ":")).encode


def compact(value: object) -> bytes:
    """The value as JSON without spaces and with everything beyond ASCII escaped."""
    return _encode(value).encode("ascii")


def say(value: Mapping[str, Any], status: int = 200) -> Answer:
    """An answer with this JSON object as its body."""
    return Answer(status, compact(value))
