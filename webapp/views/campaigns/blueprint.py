"""The blueprint that all routes of campaigns stand on, and where a refusal by the campaign's status leads."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, flash

from webapp.domain.errors import Conflict
from webapp.views.guard import is_htmx
from webapp.views.shared import to, words

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")


def lands_on_the_campaign(view: Callable[..., Any]) -> Callable[..., Any]:
    """When somebody else was quicker, say so and show what the campaign does now."""

    @wraps(view)
    def wrapped(**given: Any) -> Any:
        try:
            return view(**given)
        except Conflict as refusal:
            if is_htmx():
                raise
            flash(words(refusal), "warn")
            return to("campaigns.show", campaign_id=given["campaign_id"])

    return wrapped
