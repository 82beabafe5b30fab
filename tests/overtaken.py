"""A transaction that takes its time: others begin and end meanwhile."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from webapp.db import act_for, db
from webapp.services import events


@contextmanager
def slow_event(app: Flask, tenant_id: uuid.UUID, type: str, **payload: str) -> Iterator[None]:
    """While this lasts the event is written, but its transaction is not over; afterwards it is."""
    written, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with app.app_context():
            act_for(tenant_id)
            events.emit(tenant_id, type, None, payload)
            written.set()
            go_on.wait()
            db.session.commit()
            db.session.remove()

    thread = threading.Thread(target=write)
    thread.start()
    assert written.wait(5)
    try:
        yield
    finally:
        go_on.set()
        thread.join()
