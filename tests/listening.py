"""Somebody who opens a socket, most often `/ws`: with a session or a key, until a certain event has come."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from simple_websocket import Client, ConnectionClosed
from simple_websocket import ConnectionError as Refused

from tests.people import Person
from tests.watching import cookie_of

Told = dict[str, Any]


def listen(host: str, who: Person | str, since: str = "", **headers: str) -> Client:
    """A socket as a page of ours opens it, or a program with its key. Raises ConnectionError when it is refused."""
    by_key = {"Authorization": f"Bearer {who}"} if isinstance(who, str) else None
    by_session = {"Origin": f"http://{host}", "Cookie": cookie_of(who)} if isinstance(who, Person) else {}
    sent = (by_key or by_session) | headers
    asked = f"?since={since}" if since else ""
    return Client.connect(f"ws://{host}/ws{asked}", headers={k: v for k, v in sent.items() if v})


def hear(ear: Client, seconds: float = 5, until: str = "") -> list[Told]:
    """What is told within this time, or until an event of this type has come; heartbeats left out."""
    told: list[Told] = []
    end = time.monotonic() + seconds
    with suppress(ConnectionClosed):
        while (left := end - time.monotonic()) > 0:
            frame = ear.receive(timeout=left)
            if frame is None:
                break
            one = json.loads(frame)
            if one["type"] != "heartbeat":
                told.append(one)
            if one["type"] == until:
                return told
    assert not until, f"{until} was not told, but {[one['type'] for one in told]}"
    return told


def close_code(ear: Client, seconds: float = 5) -> int:
    """The code with which the server ends it."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            ear.receive(timeout=0.5)
    except ConnectionClosed as closed:
        return int(closed.reason)
    raise AssertionError("it was not ended")


def refusal(connect: Callable[..., Client], *args: Any, **options: Any) -> int:
    """The status with which a socket that is opened like this is refused."""
    with pytest.raises(Refused) as refused:
        connect(*args, **options)
    return int(str(refused.value).rsplit(" ", 1)[-1].rstrip(")"))


def open_and_never_read(host: str, path: str, person: Person) -> socket.socket:
    name, port = host.split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.connect((name, int(port)))
    lines = (
        f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Origin: http://{host}",
        f"Cookie: {cookie_of(person)}",
    )  # fmt: skip
    raw.sendall("\r\n".join((*lines, "", "")).encode())
    return raw
