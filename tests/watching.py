"""Somebody who looks at a campaign: a campaign with figures, a real server, and a socket on it."""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from simple_websocket import Client
from sqlalchemy import text
from werkzeug.serving import make_server

from tests.people import Person
from webapp.db import db
from webapp.models.campaigns import Campaign


def make_running(tenant_id: uuid.UUID, *, total: int = 100, **fields: Any) -> Campaign:
    """A campaign that is being sent, without a number and without rows: figures are all it has."""
    campaign = Campaign(
        tenant_id=tenant_id,
        name=fields.pop("name", "Spring"),
        message=fields.pop("message", "Hello"),
        audience={"recipient_type": "all"},
        status=fields.pop("status", "running"),
        total_recipients=total,
        started_at=fields.pop("started_at", db.func.now()),
        **fields,
    )
    db.session.add(campaign)
    db.session.commit()
    return campaign


def count(campaign: Campaign, **columns: int) -> None:
    """Set counts of a campaign as if messages had been settled. Nobody is told."""
    given = ", ".join(f"{name} = :{name}" for name in columns)
    keys = {"tenant_id": campaign.tenant_id, "id": campaign.id}
    db.session.execute(
        text(f"update campaigns set {given} where tenant_id = :tenant_id and id = :id"), columns | keys
    )
    db.session.commit()


def eventually(is_so: Callable[[], object], seconds: float = 5) -> bool:
    """Whether it comes true within that time."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """A real server at the address that the application believes to have, stopped with its hub; host and port."""
    host = app.config["CRIER"].base_url.removeprefix("http://")
    name, port = host.split(":")
    server = make_server(name, int(port), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield host
    finally:
        app.extensions["crier_live"].stop()
        server.shutdown()
        thread.join()
        server.server_close()


def cookie_of(person: Person) -> str:
    cookie = person.client.get_cookie("crier_session")
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"


def open_socket(host: str, campaign_id: uuid.UUID, person: Person | None, **headers: str) -> Client:
    """A socket as our own page opens it. Raises ConnectionError with the status when it is refused."""
    sent = {"Origin": f"http://{host}"} | ({"Cookie": cookie_of(person)} if person else {}) | headers
    return Client.connect(
        f"ws://{host}/campaigns/{campaign_id}/live",
        headers={name: value for name, value in sent.items() if value},
    )


def figure(frame: str, segment: str) -> int | None:
    """The count of a segment in a frame's bar, if the bar is in it."""
    found = re.search(rf'data-segment="{segment}".*?bar-count">([\d,]+)<', frame, re.S)
    return int(found[1].replace(",", "")) if found else None


def await_figure(socket: Client, segment: str, wanted: int, seconds: float = 5) -> str:
    """The first frame whose bar has this figure."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        frame = socket.receive(timeout=left)
        if frame and figure(frame, segment) == wanted:
            return frame
    raise AssertionError(f"no frame said {segment} {wanted}")
