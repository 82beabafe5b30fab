"""Sent again, because a person asks: to those who failed, or to those of whom nobody knows."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from webapp import broker
from webapp.db import db, on_commit
from webapp.domain.errors import N_, Conflict, Invalid
from webapp.models.again import SendingAgain
from webapp.models.campaigns import Campaign
from webapp.models.recipients import Recipient
from webapp.providers.errors import PAUSING, RETRYABLE, ErrorClass
from webapp.providers.registry import PROVIDERS
from webapp.services import audit, counts
from webapp.services.campaigns import judged, moves, reasons
from webapp.services.campaigns.figures import Figures
from webapp.services.campaigns.reasons import OWN, Reason

# WhatsApp's own wait after it held a message back (whatsapp-wire.md A.6, 131049).
COOLDOWN: Final = timedelta(hours=24)

_OPEN_TO: Final = ("running", "paused", "completed")
# What stood in the way passes by itself, or a person has put it right by now.
_PROMISING: Final = RETRYABLE | PAUSING | {ErrorClass.RECIPIENT_COOLDOWN}


@dataclass(frozen=True, slots=True)
class Offer:
    """Those who failed for one reason. `is_promising`: it may work this time. `count` are those who may be tried
    now, `later` those for whom it is too early until `due_at`."""

    code: int
    codes: tuple[int, ...]
    count: int
    reason: Reason
    is_promising: bool
    later: int = 0
    due_at: datetime | None = None


def offers(campaign: Campaign, figures: Figures) -> list[Offer]:
    """The reasons for which people failed, the most frequent first; who said no is not offered."""
    found = []
    for counted in reasons.failures(figures.failures):
        if counted.count <= 0 or _class(counted.code) == ErrorClass.RECIPIENT_OPTOUT:
            continue
        codes = tuple(reasons.alike(counted.code, figures.failures))
        later, due_at = (
            _too_early(campaign, codes)
            if _class(counted.code) == ErrorClass.RECIPIENT_COOLDOWN
            else (0, None)
        )
        is_promising = counted.code == OWN or _class(counted.code) in _PROMISING
        count = counted.count - later
        found.append(Offer(counted.code, codes, count, counted.reason, is_promising, later, due_at))
    return found


def retry_failed(
    tenant_id: uuid.UUID,
    campaign_id: uuid.UUID,
    codes: Collection[int],
    user_id: uuid.UUID | None = None,
) -> int:
    """Send again to those who failed with one of these codes; how many they are. A campaign that was over goes on.

    Raises:
        Invalid: on `codes`, when there is nobody to try, or on `number`.
        Conflict: it is cancelled, or an earlier wish is still being carried out.
    """
    campaign, figures, asked_at = _held(tenant_id, campaign_id)
    chosen = [offer for offer in offers(campaign, figures) if offer.code in codes]
    if not chosen:
        raise Invalid("codes", N_("Choose at least one reason for which people are left."))
    people = sum(offer.count for offer in chosen)
    if not people:
        raise Invalid("codes", N_("WhatsApp asks to wait a day for these people. Try again then."))
    asked = sorted({code for offer in chosen for code in offer.codes})
    _begin(campaign, "retry", asked, people, asked_at, user_id)
    return people


def resend_uncertain(
    tenant_id: uuid.UUID, campaign_id: uuid.UUID, typed: str, user_id: uuid.UUID | None = None
) -> int:
    """Send again to those of whom nobody knows whether they got it; how many they are. Some may get it twice.

    Args:
        typed: how many they are, as a person confirmed it.

    Raises:
        Invalid: on `typed`, or on `number`.
        Conflict: nobody is uncertain any more, it is cancelled, or an earlier wish is still being carried out.
    """
    campaign, figures, asked_at = _held(tenant_id, campaign_id)
    people = figures.uncertain_count
    if not people:
        raise Conflict(N_("Nobody is uncertain any more: WhatsApp has told what became of them."))
    if "".join(filter(str.isdigit, typed)) != str(people):
        raise Invalid("typed", N_("They are %(count)s people now. Type that number to go on."), count=people)
    _begin(campaign, "resend", [], people, asked_at, user_id)
    return people


def _held(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> tuple[Campaign, Figures, datetime]:
    """The campaign with its row locked, its figures, and a moment of the database's before they were read: whoever
    fails or becomes uncertain after that was in no figure that a person saw."""
    campaign = moves.held_in(
        tenant_id,
        campaign_id,
        _OPEN_TO,
        N_("This campaign was cancelled or has not begun: nothing of it is sent."),
    )
    moves.require_number(campaign)
    if judged.is_being_sent_again(campaign):
        raise Conflict(N_("The last wish to send again is still being carried out. Wait a moment."))
    asked_at = db.session.scalars(select(func.clock_timestamp())).one()
    told = counts.read(tenant_id, campaign_id)
    if told is None or campaign.first_number is None:
        raise Conflict(N_("Nobody was written to yet."))
    return campaign, Figures.of(told), asked_at


def _begin(
    campaign: Campaign,
    kind: str,
    codes: list[int],
    people: int,
    asked_at: datetime,
    user_id: uuid.UUID | None,
) -> None:
    assert campaign.first_number is not None
    wish = SendingAgain(
        tenant_id=campaign.tenant_id,
        campaign_id=campaign.id,
        kind=kind,
        codes=codes,
        user_id=user_id,
        next_number=campaign.first_number,
        last_number=campaign.first_number + campaign.total_recipients - 1,
        created_at=asked_at,
    )
    db.session.add(wish)
    if campaign.status == "completed":
        moves.moved(campaign, "running")
    judged.judge_anew(campaign)
    audit.record(campaign.tenant_id, user_id, f"campaign_{kind}", campaign.id, codes=codes, people=people)
    db.session.flush()
    on_commit(broker.ring, "send_again", campaign.tenant_id, wish.id)
    db.session.commit()


def _too_early(campaign: Campaign, codes: Collection[int]) -> tuple[int, datetime | None]:
    """How many failed with these codes less than a day ago, and when the last of them may be tried."""
    assert campaign.first_number is not None
    fresh = select(func.count(), func.max(Recipient.failed_at)).where(
        Recipient.tenant_id == campaign.tenant_id,
        Recipient.number.between(
            campaign.first_number, campaign.first_number + campaign.total_recipients - 1
        ),
        Recipient.status == "failed",
        Recipient.error_code.in_(codes),
        Recipient.failed_at > func.now() - COOLDOWN,
    )
    count, last = db.session.execute(fresh).one()
    return count, last + COOLDOWN if last else None


def _class(code: int) -> ErrorClass:
    return PROVIDERS["cloud"].explain(code).cls
