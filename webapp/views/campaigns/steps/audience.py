"""Audience: groups, people one by one, or everyone."""

import uuid
from typing import Any

from flask import make_response, render_template, request

from webapp.domain.errors import Invalid
from webapp.forms.campaigns import AudienceForm
from webapp.services.audience import Audience
from webapp.services.campaigns import choices, draft_fields, drafts
from webapp.views.campaigns import typed
from webapp.views.shared import as_uuid

# Who may stand in the form: while somebody is searching, a few more than may be saved are no harm.
_MOST_HELD = draft_fields.MOST_CHOSEN + 100


def form(campaign: Any) -> AudienceForm:
    stored = Audience.of(campaign.audience)
    kind = stored.recipient_type if campaign.audience else "groups"
    data = {"recipient_type": kind, "exclude_doubtful": stored.exclude_doubtful}
    if kind in ("groups", "contacts"):
        data[kind] = [str(key) for key in stored.recipient_ids]
    offered = AudienceForm(data=data)
    groups = choices.groups(campaign.tenant_id, _ids(offered.groups.data))
    offered.offer((str(group.id), group.name) for group in groups)
    offered.group_rows = groups
    return offered


def save(campaign: Any, form: AudienceForm):
    kind = form.recipient_type.data
    try:
        return drafts.set_audience(
            campaign.tenant_id,
            campaign.id,
            recipient_type=kind,
            recipient_ids=typed.chosen(kind),
            exclude_doubtful=form.exclude_doubtful.data,
        )
    except Invalid as refusal:
        # The form has a field for each kind, and the sentence stands beside the chosen one's.
        raise Invalid(kind, refusal.message, **refusal.values) from None


def around(campaign: Any, form: AudienceForm) -> dict[str, Any]:
    stored = Audience.of(campaign.audience)
    lost = choices.lost_groups(campaign.tenant_id, stored.recipient_ids)
    return {"groups": form.group_rows, "lost": lost, **_people(campaign, form)}


def part(campaign: Any, form: AudienceForm):
    """The answer to htmx while somebody searches, adds people or takes them away."""
    answer = make_response(
        render_template("campaigns/people.html", campaign=campaign, form=form, **_people(campaign, form))
    )
    if "find" not in request.form:
        answer.headers["HX-Trigger-After-Settle"] = "recount"
    return answer


def _people(campaign: Any, form: AudienceForm) -> dict[str, Any]:
    q = request.form.get("q", "")
    ids = _ids(form.contacts.data)
    added, dropped = as_uuid(request.form.get("add")), as_uuid(request.form.get("drop"))
    ids = [key for key in [*ids, *([added] if added else [])] if key != dropped][:_MOST_HELD]
    people = choices.contacts(campaign.tenant_id, ids)
    return {
        "q": q,
        "people": people,
        "found": choices.found(campaign.tenant_id, q, {person.id for person in people}),
        "most": draft_fields.MOST_CHOSEN,
    }


def _ids(texts: list[str] | None) -> list[uuid.UUID]:
    return [key for text in texts or () if (key := as_uuid(text))]
