"""Somebody who listens to `/ws`: with a session or a key, until a certain event has come."""

import json
import time
from contextlib import suppress
from typing import Any

from simple_websocket import Client, ConnectionClosed

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


def hear(socket: Client, seconds: float = 5, until: str = "") -> list[Told]:
    """What is told within this time, or until an event of this type has come; heartbeats left out."""
    told: list[Told] = []
    end = time.monotonic() + seconds
    with suppress(ConnectionClosed):
        while (left := end - time.monotonic()) > 0:
            frame = socket.receive(timeout=left)
            if frame is None:
                break
            one = json.loads(frame)
            if one["type"] != "heartbeat":
                told.append(one)
            if one["type"] == until:
                return told
    assert not until, f"{until} was not told, but {[one['type'] for one in told]}"
    return told


def close_code(socket: Client, seconds: float = 5) -> int:
    """The code with which the server ends it."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            socket.receive(timeout=0.5)
    except ConnectionClosed as closed:
        return int(closed.reason)
    raise AssertionError("it was not ended")
