"""The live page's socket: who may listen is settled before the upgrade, then frames go out as they come."""

import time
import uuid
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_sock import Sock
from simple_websocket import Server
from wsproto.frame_protocol import CloseReason

from webapp.services import sessions
from webapp.services.campaigns import listing
from webapp.services.live import hub, seats
from webapp.services.live.mailbox import Mailbox
from webapp.views.campaigns.frames import Reader
from webapp.views.guard import here, own_page_only

bp = Blueprint("live", __name__)
sock = Sock()

CHECK_SECONDS = 60
# What simple-websocket is given: a page has nothing to say, and one that answers no ping is gone.
SERVER_OPTIONS = {"max_message_size": 4096, "ping_interval": 25}


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.config["SOCK_SERVER_OPTIONS"] = SERVER_OPTIONS
    hub.init_app(cast(Flask, state.app))


@bp.before_request
def _admit() -> None:
    """Before the upgrade. flask-sock would answer a page of any origin, which comes with our reader's cookie."""
    own_page_only()
    listing.get(here().tenant.id, (request.view_args or {})["campaign_id"])
    if not seats.take(request.environ, here().user.id):
        abort(429)


@bp.teardown_request
def _leave(_error: BaseException | None) -> None:
    seats.leave(request.environ)


@sock.route("/campaigns/<uuid:campaign_id>/live", bp=bp)
def campaign(ws: Server, campaign_id: uuid.UUID) -> None:
    """The fragments of a campaign's page: all of them at first, then those that change."""
    mailbox = Mailbox(here().user.id, ws.event.set)
    reader = Reader.here()
    listening = hub.hub().listening(here().tenant.id, campaign_id, reader, reader.draw, mailbox)
    with seats.served(ws), listening:
        _serve(ws, mailbox)


def address(campaign_id: uuid.UUID) -> str:
    """Where the page's socket is; the page itself knows by which scheme and host it was reached."""
    return urlsplit(url_for("live.campaign", campaign_id=campaign_id)).path


def _serve(ws: Server, mailbox: Mailbox) -> None:
    """Until one of the two leaves. Everything that happens, happens after the event was set."""
    check_at = time.monotonic() + CHECK_SECONDS
    while ws.connected:
        ws.event.wait(max(0.0, check_at - time.monotonic()))
        ws.event.clear()
        if reason := _reason_to_end(ws, mailbox, check_at):
            ws.close(reason)
            return
        if time.monotonic() >= check_at:
            check_at = time.monotonic() + CHECK_SECONDS
        if frame := mailbox.take():
            ws.send(frame)


def _reason_to_end(ws: Server, mailbox: Mailbox, check_at: float) -> CloseReason | None:
    if mailbox.is_closed:
        return CloseReason.SERVICE_RESTART  # the page comes back by itself
    if ws.input_buffer:
        return CloseReason.POLICY_VIOLATION
    if mailbox.is_doubted or time.monotonic() >= check_at:
        mailbox.is_doubted = False
        if not sessions.stands(here().signed_in.token_hash):
            return CloseReason.POLICY_VIOLATION
    return None
