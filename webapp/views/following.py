"""Pages that follow what others change: a small socket tells such a page that something it shows is not as it was, and
the page asks for that part again. Who is typing there is only told."""

import uuid
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, abort, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_sock import Sock
from simple_websocket import Server
from wsproto.frame_protocol import CloseReason

from webapp.services.feed.badges import Badge
from webapp.services.feed.changes import Changes
from webapp.services.live import hub, seats
from webapp.views.guard import here, own_page_only
from webapp.views.shared import as_uuid

bp = Blueprint("following", __name__)
sock = Sock()


@dataclass(frozen=True, slots=True)
class Place:
    """A page that follows: the kinds of things it shows, the first being what it is about, and the element that it asks
    for again. Without one it is only told."""

    about: tuple[str, ...]
    part: str | None = None


PLACES: Final = {
    "dashboard": Place(("campaign", "contact", "group", "template", "import"), "dashboard"),
    "contacts": Place(("contact", "import", "group"), "contacts-list"),
    "imports": Place(("import",), "imports-list"),
    "groups": Place(("group", "import", "contact"), "groups-list"),
    "templates": Place(("template",), "templates-list"),
    "campaigns": Place(("campaign",), "campaigns-list"),
    "messages": Place(("message", "campaign"), "messages-list"),
    "webhooks": Place(("webhook",), "webhooks-list"),
    "webhook": Place(("webhook",), "main"),
    "contact": Place(("contact", "group", "message"), "main"),
    "group": Place(("group", "contact", "import"), "main"),
    "template": Place(("template",), "main"),
    "contact-form": Place(("contact",)),
    "group-form": Place(("group",)),
    "template-form": Place(("template",)),
    "webhook-form": Place(("webhook",)),
    "draft": Place(("campaign",)),
}


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.context_processor(lambda: {"place_to_follow": PLACES.get, "follow_address": address})


@bp.before_request
def _admit() -> None:
    """Before the upgrade, as with a campaign's page."""
    own_page_only()
    if request.args.get("place") not in PLACES:
        abort(404)
    if not seats.take(request.environ, here().user.id):
        abort(429)


@bp.teardown_request
def _leave(_error: BaseException | None) -> None:
    seats.leave(request.environ)


@sock.route("/following", bp=bp)
def follow(ws: Server) -> None:
    """Tell the page whenever something changed since it was drawn, at most once a second."""
    name = request.args["place"]
    badge = Badge(here().user.id, here().signed_in.token_hash)
    changes = Changes(badge, PLACES[name].about, as_uuid(request.args.get("id")), ws.event.set)
    with seats.served(ws), hub.hub().feed.listening(here().tenant.id, changes):
        if (drawn_at := request.args.get("since", type=int)) is not None:
            changes.catch_up(here().tenant.id, drawn_at)
        _serve(ws, changes, name)


def address(place: str, object_id: uuid.UUID | None = None) -> str:
    """Where the page's socket is; with it the horizon of the moment in which the page's request began."""
    drawn_at = here().signed_in.horizon
    return urlsplit(url_for("following.follow", place=place, id=object_id, since=drawn_at))._replace(
        scheme="", netloc=""
    ).geturl()  # fmt: skip


def _serve(ws: Server, changes: Changes, name: str) -> None:
    """Until one of the two leaves. Everything that happens, happens after the event was set, or in its time."""
    while ws.connected:
        ws.event.wait(changes.seconds_left)
        ws.event.clear()
        if ws.connected and (reason := _reason_to_end(ws, changes)):
            ws.close(reason)
            return
        if changes.take():
            template = (
                "parts/changed.html" if PLACES[name].part and not changes.is_gone else "parts/note.html"
            )
            ws.send(render_template(template, place=PLACES[name], oob=True, is_gone=changes.is_gone))


def _reason_to_end(ws: Server, changes: Changes) -> CloseReason | None:
    if changes.is_closed:
        return CloseReason.SERVICE_RESTART  # the page comes back by itself
    if changes.is_dismissed or ws.input_buffer:
        return CloseReason.POLICY_VIOLATION
    return None
