"""Seats: who may open another socket, what its request becomes before the upgrade, and how it ends."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from simple_websocket import ConnectionClosed, Server
from wsproto.frame_protocol import CloseReason

from webapp.services.live.hub import hub
from webapp.services.live.whole_socket import make_whole

log = logging.getLogger(__name__)

_SEAT: Final = "crier.seat"


def take(environ: dict[str, Any], holder_id: uuid.UUID) -> bool:
    """Whether this person or key may open the socket that a WSGI environ asks for; `leave` belongs to its end."""
    if not hub().take_seat(holder_id):
        return False
    environ[_SEAT] = holder_id
    # Each socket would compress each frame anew, with a quarter of a megabyte of memory for it.
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    make_whole(environ)
    return True


def leave(environ: dict[str, Any]) -> None:
    """Give the request's seat back, if it got one."""
    if holder_id := environ.pop(_SEAT, None):
        hub().leave_seat(holder_id)


@contextmanager
def served(ws: Server) -> Iterator[None]:
    """While this lasts whoever leaves is no error. An error ends the socket, for after the upgrade nothing can be
    answered; whoever listens comes back by itself."""
    try:
        yield
    except (ConnectionClosed, OSError):
        return
    except Exception:
        log.exception("socket_failed")
        ws.close(CloseReason.INTERNAL_ERROR)
