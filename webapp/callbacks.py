"""Where providers post their news of numbers. Nobody is signed in here: each post proves itself by its signature."""

import uuid
from typing import Final

from flask import Blueprint, Response, request

from webapp.services.receiving import intake
from webapp.services.receiving.intake import Taken

bp = Blueprint("callbacks", __name__, url_prefix="/callbacks")

# A provider's body has up to 3 MB (whatsapp-wire.md B.1).
LARGEST: Final = 4 * 1024 * 1024

_ANSWERS: Final = {Taken.STORED: 200, Taken.REFUSED: 401, Taken.AWAY: 503}


@bp.get("/whatsapp/<uuid:instance_id>")
def handshake(instance_id: uuid.UUID) -> Response:
    challenge = intake.handshake(instance_id, request.args)
    if challenge is None:
        return _plain("", 403)
    return _plain(challenge, 200)


@bp.post("/whatsapp/<uuid:instance_id>")
def receive(instance_id: uuid.UUID) -> Response:
    client = request.remote_addr or ""
    if intake.is_silenced(client):
        return _plain("", 429)
    signature = request.headers.get("X-Hub-Signature-256")
    if signature is None:
        return _plain("", 401)
    request.max_content_length = LARGEST
    raw = request.get_data(cache=False)
    return _plain("", _ANSWERS[intake.receive(instance_id, raw, signature, client)])


def _plain(body: str, status: int) -> Response:
    return Response(body, status, mimetype="text/plain")
