"""The recipients of a campaign behind a figure of its bar, as the page lists them."""

from datetime import UTC, datetime
from typing import Any

from flask import request, url_for

from webapp.services import recipients
from webapp.services.campaigns import reasons
from webapp.services.campaigns.figures import SEGMENTS, Figures


def around(campaign: Any, figures: Figures) -> dict[str, Any]:
    """For the fragment `recipients`: the page of them that the address asks for; nonsense is everybody."""
    segment = request.args.get("segment", "")
    segment = segment if segment in SEGMENTS else ""
    code = request.args.get("code", type=int) if segment == "failed" else None
    people = recipients.listed(
        campaign,
        segment=segment,
        codes=reasons.alike(code, figures.failures) if code is not None else (),
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
    )
    kept = {name: value for name, value in (("segment", segment), ("code", code)) if value not in ("", None)}
    return {
        "people": people,
        "segment": segment,
        "reason": reasons.of_failure(code) if code is not None else None,
        "in_doubt": reasons.UNCERTAIN,
        "now": datetime.now(UTC),
        "urls": {
            "all": url_for("campaigns.show", campaign_id=campaign.id),
            "here": url_for("campaigns.show", campaign_id=campaign.id, **kept),
            "before": _page(campaign, kept, before=people.before),
            "after": _page(campaign, kept, after=people.after),
        },
    }


def _page(campaign: Any, kept: dict[str, Any], **key: int | None) -> str | None:
    if None in key.values():
        return None
    return url_for("campaigns.show", campaign_id=campaign.id, **kept, **key)
