"""`/ws`: the tenant's events as JSON, for a page of ours with its session, or for a program with a key."""

import json
import time
import uuid
from typing import Final

from flask import Blueprint, Response, g, request
from flask_babel import gettext as _
from flask_sock import Sock
from simple_websocket import Server
from wsproto.frame_protocol import CloseReason

from webapp.api import gate
from webapp.api.problems import Problem
from webapp.domain import as_json
from webapp.domain.errors import N_
from webapp.services import origins
from webapp.services.feed import badges
from webapp.services.feed.badges import Badge
from webapp.services.feed.missed import Missed
from webapp.services.feed.queue import Queue
from webapp.services.live import hub, seats

bp = Blueprint("ws", __name__)
sock = Sock()

SCOPE: Final = "events:read"
HEARTBEAT_SECONDS = 20.0
# Of the range that RFC 6455 leaves to applications: come back with `since`.
TOO_SLOW: Final = 4008
_CHECK_SECONDS: Final = 60.0

_NOBODY: Final = N_("Send your API key as “Authorization: Bearer crier_…”, or sign in.")
_FOREIGN: Final = N_("Only a page of this server may use its cookie.")
_FULL: Final = N_("At most %(most)d sockets may be open at once.")
_SLOW: Final = "You read too slowly. Come back with since=<id of the last event you got>."
_SILENT: Final = "This socket only tells."
_OVER: Final = "Your session or key does not hold any more."
_UNKNOWN: Final = "Nobody knows this event, or not any more. You hear what happens from now on."


@bp.before_request
def _admit() -> None:
    """Before the upgrade. A browser sends its cookie from any page, so that one must be ours; a key comes from
    nowhere by itself."""
    g.tenant_id, g.badge = _by_key() if "Authorization" in request.headers else _by_session()
    if not seats.take(request.environ, g.badge.holder_id):
        raise Problem(429, "too_many_sockets", _(_FULL, most=hub.SEATS))
    # From here on nothing is lost: a listener takes for granted that it hears once it is let in.
    since = request.args.get("since")
    known = Missed.since(g.tenant_id, since) if since is not None else None
    g.unknown = since if known is None else None
    g.missed = known or Missed.now(g.tenant_id)


@bp.teardown_request
def _leave(_error: BaseException | None) -> None:
    seats.leave(request.environ)


@bp.errorhandler(Problem)
def _refused(problem: Problem) -> Response:
    return problem.answer()


@sock.route("/ws", bp=bp)  # type: ignore[untyped-decorator]
def events(ws: Server) -> None:
    """Every event that becomes visible from now on; with `?since=<event id>` those after it first."""
    queue = Queue(g.badge, ws.event.set)
    with seats.served(ws):
        _tell_what_is_there(ws, g.missed)
        with hub.hub().feed.listening(g.tenant_id, queue):
            for told in g.missed.meanwhile():
                ws.send(told.body)
            _serve(ws, queue, g.missed)


def _by_session() -> tuple[uuid.UUID, Badge]:
    visitor = g.get("visitor")
    if visitor is None:
        raise Problem(401, "unauthorized", _(_NOBODY))
    if not origins.is_own(request.headers.get("Origin", ""), request.host_url):
        raise Problem(403, "forbidden", _(_FOREIGN))
    return visitor.tenant.id, Badge(visitor.user.id, visitor.signed_in.token_hash)


def _by_key() -> tuple[uuid.UUID, Badge]:
    holder = gate.enter()
    gate.require(holder, SCOPE)
    return holder.tenant_id, Badge(holder.key_id)


def _tell_what_is_there(ws: Server, missed: Missed) -> None:
    if g.unknown is not None:
        ws.send(_note("since_unknown", since=g.unknown[:100], message=_UNKNOWN))
    check_at = time.monotonic() + _CHECK_SECONDS
    for told in missed.there():
        if time.monotonic() > check_at:
            check_at = time.monotonic() + _CHECK_SECONDS
            if not badges.standing([g.badge]):
                ws.close(CloseReason.POLICY_VIOLATION, _OVER)
        ws.send(told.body)


def _serve(ws: Server, queue: Queue, missed: Missed) -> None:
    """Until one of the two leaves. Everything that happens, happens after the event was set."""
    beat_at = time.monotonic() + HEARTBEAT_SECONDS
    while ws.connected:
        ws.event.wait(max(0.0, beat_at - time.monotonic()))
        ws.event.clear()
        if ending := _ending(ws, queue):
            ws.close(*ending)
            return
        for told in queue.take():
            if not missed.is_known(told):
                ws.send(told.body)
        if time.monotonic() >= beat_at:
            beat_at = time.monotonic() + HEARTBEAT_SECONDS
            ws.send(_note("heartbeat"))


def _ending(ws: Server, queue: Queue) -> tuple[int, str] | None:
    if queue.is_closed:
        return CloseReason.SERVICE_RESTART, ""
    if queue.is_dismissed:
        return CloseReason.POLICY_VIOLATION, _OVER
    if ws.input_buffer:
        return CloseReason.POLICY_VIOLATION, _SILENT
    return (TOO_SLOW, _SLOW) if queue.is_late else None


def _note(type: str, **more: str) -> str:
    """A word of the socket's own: no event, so it has no id."""
    return json.dumps({"type": type, "timestamp": as_json.now(), **more})
