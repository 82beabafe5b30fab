"""Messages: the history as a list, and one message as it stood on the phone."""

import uuid

from flask import Blueprint, render_template, request

from webapp.domain import whatsapp_text
from webapp.services import messages
from webapp.views.guard import here
from webapp.views.shared import as_uuid, asked_keys, page_links

bp = Blueprint("messages", __name__, url_prefix="/messages")


@bp.get("")
def index():
    which = messages.Which(
        direction=request.args.get("direction", ""),
        status=request.args.get("status", ""),
        campaign_id=as_uuid(request.args.get("campaign")),
        q=request.args.get("q", ""),
    )
    page = messages.listed(here().tenant.id, which, **asked_keys())
    kept = {"direction": which.direction, "status": which.status, "campaign": which.campaign_id, "q": which.q}
    return render_template(
        "messages/index.html",
        page=page,
        which=which,
        is_filtered=which != messages.Which(),
        campaigns=messages.campaigns_with_messages(here().tenant.id),
        **page_links("messages.index", page, **kept),
    )


@bp.get("/<uuid:message_id>")
def show(message_id: uuid.UUID):
    told = messages.get(here().tenant.id, message_id)
    return render_template(
        "messages/show.html",
        told=told,
        message=told.message,
        segments=whatsapp_text.segments(told.message.content),
    )
