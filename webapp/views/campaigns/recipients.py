"""The recipients of a campaign behind a figure of its bar, as the page lists them."""

from datetime import UTC, datetime
from typing import Any

from flask import request, url_for

from webapp.services import recipients
from webapp.services.campaigns import reasons
from webapp.services.campaigns.figures import SEGMENTS, Figures

EVERYBODY = "all"


def around(campaign: Any, figures: Figures) -> dict[str, Any]:
    """For the fragment `recipients`: the page of them that the address asks for; none unless a segment is chosen."""
    segment = request.args.get("segment", "")
    if segment != EVERYBODY and segment not in SEGMENTS:
        return {"people": None, "segment": "", "urls": _urls(campaign)}
    code = request.args.get("code", type=int) if segment == "failed" else None
    people = recipients.listed(
        campaign,
        segment=segment,
        codes=reasons.alike(code, figures.failures) if code is not None else (),
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
    )
    kept = {"segment": segment} | ({} if code is None else {"code": code})
    return {
        "people": people,
        "segment": segment,
        "reason": reasons.of_failure(code) if code is not None else None,
        "in_doubt": reasons.UNCERTAIN,
        "is_over": figures.is_over,
        "now": datetime.now(UTC),
        "urls": _urls(campaign)
        | {
            "here": _url(campaign, **kept),
            "before": _url(campaign, **kept, before=people.before) if people.before else None,
            "after": _url(campaign, **kept, after=people.after) if people.after else None,
        },
    }


def _urls(campaign: Any) -> dict[str, str | None]:
    return {"all": _url(campaign, segment=EVERYBODY), "none": _url(campaign)}


def _url(campaign: Any, **values: Any) -> str:
    return url_for("campaigns.show", campaign_id=campaign.id, **values)
