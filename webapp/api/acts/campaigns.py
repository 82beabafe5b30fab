"""Acts about campaigns."""

import uuid
from collections.abc import Iterator
from typing import Any, Final

from webapp.api.acts.act import Act, Holder, Told, moment
from webapp.api.acts.kept import Kept
from webapp.api.shapes.campaigns import (
    Campaign,
    CampaignChange,
    CampaignNew,
    CampaignsAsked,
    CampaignSentAgain,
    CampaignWhole,
    Failures,
    Reach,
    Recipient,
    RecipientsAsked,
    RecipientsOf,
    Resend,
    Retry,
)
from webapp.api.shapes.lists import list_of
from webapp.domain import as_json
from webapp.domain.errors import N_, Invalid
from webapp.services import message_templates, presence, recipient_rows, whatsapp_instances
from webapp.services.audience import Audience
from webapp.services.campaigns import again, drafts, figures, listing, moves, review

_COUNTS: Final = (
    "total_recipients", "sent_count", "delivered_count", "read_count", "failed_count", "uncertain_count",
    "skipped_count", "cancelled_count",
)  # fmt: skip
_WHOLE: Final[dict[str, Any]] = {"gives": CampaignWhole, "wrapped": "campaign"}


class _Campaigns:
    """The verbs under the names that all kept objects have."""

    listed = staticmethod(listing.listed)
    get = staticmethod(listing.get)
    remove = staticmethod(drafts.remove)
    restore = staticmethod(drafts.restore)


def _look(holder: Holder, key: uuid.UUID) -> Told:
    """With the counts of this moment, not those of the last fold."""
    campaign, now = listing.get(holder.tenant_id, key), figures.now(holder.tenant_id, key)
    counts = {_camel(name): getattr(now, name) for name in _COUNTS} | {"pendingCount": now.waiting}
    ids = [str(one) for one in Audience.of(campaign.audience).recipient_ids]
    return moves.described(campaign) | counts | {"recipientIds": ids}


def _create(holder: Holder, new: CampaignNew) -> Told:
    return _look(holder, drafts.create(holder.tenant_id, **_typed(holder, new.given())).id)


def _change(holder: Holder, key: uuid.UUID, change: CampaignChange) -> Told:
    given = change.given()
    if {"recipient_ids", "exclude_doubtful"} & set(given):
        given = _audience_now(holder, key) | given
    drafts.update(holder.tenant_id, key, **_typed(holder, given))
    return _look(holder, key)


def _audience_now(holder: Holder, key: uuid.UUID) -> dict[str, Any]:
    """Whom a draft goes to, so that a part of it can be changed."""
    chosen = Audience.of(drafts.get(holder.tenant_id, key).audience)
    return {
        "recipient_type": chosen.recipient_type,
        "recipient_ids": list(chosen.recipient_ids),
        "exclude_doubtful": chosen.exclude_doubtful,
    }


def _typed(holder: Holder, given: dict[str, Any]) -> Any:
    """What was given as the wizard's verbs take it; every object that it names is there."""
    if "message" in given and "message_template_id" in given:
        raise Invalid("message_template_id", N_("Name a template or a message, not both."))
    if "whatsapp_instance_id" in given:
        whatsapp_instances.get(holder.tenant_id, given["whatsapp_instance_id"])
    if "message_template_id" in given:
        message_templates.get(holder.tenant_id, given["message_template_id"])
    _require_recipients(holder, given)
    if given.get("scheduled_at") is not None:
        given["scheduled_at"] = moment("scheduled_at", given["scheduled_at"])
    return given


def _require_recipients(holder: Holder, given: dict[str, Any]) -> None:
    ids = given.get("recipient_ids", ())
    if given.get("recipient_type") == "groups":
        presence.require_groups(holder.tenant_id, ids)
    elif given.get("recipient_type") == "contacts":
        presence.require_contacts(holder.tenant_id, ids)


def _start(holder: Holder, key: uuid.UUID) -> Told:
    return _look(holder, review.launch(holder.tenant_id, key).id)


def _pause(holder: Holder, key: uuid.UUID) -> Told:
    return _look(holder, moves.pause(holder.tenant_id, key).id)


def _resume(holder: Holder, key: uuid.UUID) -> Told:
    return _look(holder, moves.resume(holder.tenant_id, key).id)


def _cancel(holder: Holder, key: uuid.UUID) -> Told:
    return _look(holder, moves.cancel(holder.tenant_id, key).id)


def _unschedule(holder: Holder, key: uuid.UUID) -> Told:
    return _look(holder, moves.unschedule(holder.tenant_id, key).id)


def _copy(holder: Holder, key: uuid.UUID) -> Told:
    return _look(holder, drafts.copy(holder.tenant_id, key).id)


def _reach(holder: Holder, key: uuid.UUID) -> Told:
    reach = review.reach_of(listing.get(holder.tenant_id, key))
    return {"reached": reach.reached, "recent": reach.recent, "leftOut": reach.excluded}


def _failures(holder: Holder, key: uuid.UUID) -> Told:
    campaign, now = listing.get(holder.tenant_id, key), figures.now(holder.tenant_id, key)
    return {"items": [_offer(offer) for offer in again.offers(campaign, now)]}


def _offer(offer: again.Offer) -> Told:
    return {
        "code": offer.code,
        "count": offer.count,
        "later": offer.later,
        "dueAt": as_json.moment(offer.due_at),
        "isPromising": offer.is_promising,
        "happened": offer.reason.happened,
        "advice": offer.reason.advice,
    }


def _retry(holder: Holder, key: uuid.UUID, asked: Retry) -> Told:
    people = again.retry_failed(holder.tenant_id, key, asked.codes)
    return {"campaign": _look(holder, key), "people": people}


def _resend(holder: Holder, key: uuid.UUID, asked: Resend) -> Told:
    people = again.resend_uncertain(holder.tenant_id, key, str(asked.uncertain_count))
    return {"campaign": _look(holder, key), "people": people}


def _recipients(holder: Holder, key: uuid.UUID, asked: RecipientsAsked) -> Told:
    rows = recipient_rows.listed(
        holder.tenant_id, key, status=asked.status or "", after=int(asked.cursor or 0), limit=asked.limit
    )
    return {"items": rows.items, "nextCursor": None if rows.after is None else str(rows.after)}


def _recipients_csv(holder: Holder, key: uuid.UUID, asked: RecipientsOf) -> Iterator[str]:
    return recipient_rows.as_csv(holder.tenant_id, key, status=asked.status or "")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


_KEPT: Final = Kept(
    room="campaigns",
    path="/campaigns",
    noun="campaign",
    wrapped="campaign",
    scope="campaigns",
    service=_Campaigns,
    described=moves.described,
    told=Campaign,
    new=CampaignNew,
    changed=CampaignChange,
    asked=CampaignsAsked,
    create=_create,
    change=_change,
    look=_look,
    told_whole=CampaignWhole,
)


def _move(name: str, about: str, run: Any, path: str = "", **more: Any) -> Act:
    return _KEPT.act(name, about, "POST", path or f"/{name}", run, scope="campaigns:send", **_WHOLE, **more)


ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _move("start", "Let a draft go, now or at its time.", _start),
    _move("pause", "Stop a running campaign: when this has answered, no message goes out any more.", _pause),
    _move("resume", "Let a paused campaign go on where it stopped.", _resume),
    _move("cancel", "End a campaign: whoever was not written to yet never will be.", _cancel),
    _move("unschedule", "Make a draft again of a campaign that waits for its time.", _unschedule),
    _KEPT.act(
        "copy", "A new draft that says the same to the same people.", "POST", "/copy", _copy, status=201, **_WHOLE
    ),
    _KEPT.act(
        "getReach", "Whom it would reach now, and how many it leaves out for which reason.", "GET", "/reach", _reach,
        gives=Reach,
    ),
    _KEPT.act(
        "listFailures", "Why messages failed, the most frequent reason first, and who of them may be tried again.",
        "GET", "/failures", _failures, gives=Failures,
    ),
    _KEPT.act(
        "retryFailed", "Send again to those who failed for these reasons. A campaign that was over goes on.", "POST",
        "/retry-failed", _retry, takes=Retry, gives=CampaignSentAgain, scope="campaigns:send",
    ),
    _KEPT.act(
        "resendUncertain", "Send again to those of whom nobody knows whether they got it: some may get it twice.",
        "POST", "/resend-uncertain", _resend, takes=Resend, gives=CampaignSentAgain, scope="campaigns:send",
    ),
    _KEPT.act(
        "listRecipients", "Who gets it, in the order of sending, a page at a time.", "GET", "/recipients", _recipients,
        takes=RecipientsAsked, gives=list_of(Recipient),
    ),
    _KEPT.act(
        "exportRecipients", "Who gets it, all of them as a CSV file.", "GET", "/recipients.csv", _recipients_csv,
        takes=RecipientsOf, trpc=False, heavy=True,
    ),
)  # fmt: skip
