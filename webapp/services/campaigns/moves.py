"""From one status to the next. Each move is told once, in the transaction that makes it."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, text

from webapp import broker
from webapp.db import act_for, db, on_commit
from webapp.domain import as_json, placeholders
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.models.campaigns import Campaign
from webapp.models.message_templates import MessageTemplate
from webapp.models.users import User
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import audit, counts, progress
from webapp.services.campaigns import judged
from webapp.services.events import emit
from webapp.services.locks import held, lock_campaign

# Rows that one statement cancels, and one call: no page waits for a million, the clock goes on with the rest.
CANCEL_STEP: Final = 10_000
CANCEL_AT_ONCE: Final = 100_000


def described(campaign: Campaign) -> dict[str, Any]:
    """The campaign as events and the API tell it, with its counts as of the last fold."""
    sent_or_not = campaign.sent_count + campaign.failed_count + campaign.uncertain_count
    pending = campaign.total_recipients - sent_or_not - campaign.skipped_count - campaign.cancelled_count
    return {
        "id": str(campaign.id),
        "name": campaign.name,
        "status": campaign.status,
        "message": campaign.message,
        "whatsappInstanceId": as_json.key(campaign.whatsapp_instance_id),
        "messageTemplateId": as_json.key(campaign.message_template_id),
        "recipientType": campaign.audience.get("recipient_type", "groups"),
        "timeZone": campaign.time_zone,
        "totalRecipients": campaign.total_recipients,
        "pendingCount": pending,
        "sentCount": campaign.sent_count,
        "deliveredCount": campaign.delivered_count,
        "readCount": campaign.read_count,
        "failedCount": campaign.failed_count,
        "uncertainCount": campaign.uncertain_count,
        "skippedCount": campaign.skipped_count,
        "cancelledCount": campaign.cancelled_count,
        "scheduledAt": as_json.moment(campaign.scheduled_at),
        "startedAt": as_json.moment(campaign.started_at),
        "completedAt": as_json.moment(campaign.completed_at),
        "pausedReason": campaign.paused_reason,
        "createdAt": as_json.moment(campaign.created_at),
        "updatedAt": as_json.moment(campaign.updated_at),
    }


def moved(campaign: Campaign, status: str, *, reason: str | None = None, by: str | None = None) -> None:
    """Move a campaign whose row is locked, and tell it; `by` is the address of who paused it. Commits nothing."""
    before = campaign.status
    campaign.status = status
    campaign.paused_reason, campaign.paused_by = reason, by
    _clock(campaign)
    if status == "running" and campaign.started_at is None:
        campaign.started_at = func.now()
    if status in ("completed", "cancelled", "failed"):
        campaign.completed_at = func.now()
    elif status == "running":
        campaign.completed_at = None
    db.session.flush()
    db.session.refresh(campaign)
    payload = described(campaign) | {"previousStatus": before}
    emit(campaign.tenant_id, "campaign_status_changed", campaign.id, payload)
    on_commit(progress.publish, campaign.tenant_id, campaign.id, True)


def start(tenant_id: uuid.UUID, campaign_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Campaign:
    """Let a finished draft go now: freeze its message and hand it to the planner. The second of two is refused.

    One that waits for its time was frozen when that was set, and goes as it was looked at then.
    """
    campaign = held_in(
        tenant_id, campaign_id, ("draft", "scheduled"), N_("This campaign was started already.")
    )
    if campaign.status == "draft":
        freeze(campaign)
    else:
        require_number(campaign)
    _prepare(campaign, user_id, "campaign_started")
    db.session.commit()
    return campaign


def schedule(
    tenant_id: uuid.UUID,
    campaign_id: uuid.UUID,
    at: datetime,
    time_zone: str,
    user_id: uuid.UUID | None = None,
) -> Campaign:
    """Let a finished draft go at an instant (UTC); `time_zone` is the zone it was said in."""
    campaign = held_in(tenant_id, campaign_id, ("draft",), N_("This campaign was started already."))
    freeze(campaign)
    campaign.scheduled_at, campaign.time_zone = at, time_zone
    campaign.was_scheduled_for = None
    moved(campaign, "scheduled")
    audit.record(tenant_id, user_id, "campaign_scheduled", campaign.id)
    db.session.commit()
    return campaign


def unschedule(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """Back to the draft, to change it. The time that was set stays in it as a wish, and its pages say so."""
    campaign = held_in(
        tenant_id, campaign_id, ("scheduled",), N_("This campaign is not waiting for its time.")
    )
    withdraw(campaign)
    db.session.commit()
    return campaign


def withdraw(campaign: Campaign) -> None:
    """Make a draft of one that waits for its time, and remember for when that was. Commits nothing."""
    campaign.was_scheduled_for = campaign.scheduled_at
    moved(campaign, "draft")


def start_scheduled(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """A scheduled campaign's time has come. Of two clocks one starts it."""
    campaign = held_in(
        tenant_id, campaign_id, ("scheduled",), N_("This campaign is not waiting for its time.")
    )
    _prepare(campaign, None, "campaign_started")
    db.session.commit()
    return campaign


def hold_missed(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """Its time passed while nobody was there to start it: nobody gets a message in the night by surprise."""
    campaign = held_in(
        tenant_id, campaign_id, ("scheduled",), N_("This campaign is not waiting for its time.")
    )
    moved(campaign, "paused", reason="schedule_missed")
    db.session.commit()
    return campaign


def finish(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Campaign:
    """End a campaign in which nobody is pending any more."""
    campaign = held_in(tenant_id, campaign_id, ("running", "paused"), N_("This campaign is not running."))
    figures = counts.read(tenant_id, campaign_id)
    if figures is None or counts.pending(figures) or judged.is_being_sent_again(campaign):
        raise Conflict(N_("Some people are still waiting."))
    moved(campaign, "completed", reason=_why_nobody(figures))
    db.session.commit()
    return campaign


def pause(
    tenant_id: uuid.UUID, campaign_id: uuid.UUID, *, reason: str = "person", user_id: uuid.UUID | None = None
) -> Campaign:
    """Stop a running campaign. When this has returned, no message passes the gate any more."""
    lock_campaign(campaign_id)
    campaign = held_in(tenant_id, campaign_id, ("running",), N_("This campaign is not running."))
    moved(campaign, "paused", reason=reason, by=_address(user_id))
    audit.record(tenant_id, user_id, "campaign_paused", campaign.id, reason=reason)
    db.session.commit()
    return campaign


def hold(tenant_id: uuid.UUID, campaign_id: uuid.UUID, reason: str) -> Campaign:
    """Stop a campaign that sends or would by itself, whatever it is about to do, until a person lets it go on."""
    lock_campaign(campaign_id)
    campaign = held_in(
        tenant_id,
        campaign_id,
        ("scheduled", "preparing", "running"),
        N_("This campaign is not running."),
    )
    moved(campaign, "paused", reason=reason)
    audit.record(tenant_id, None, "campaign_paused", campaign.id, reason=reason)
    db.session.commit()
    return campaign


def resume(tenant_id: uuid.UUID, campaign_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Campaign:
    """Let a paused campaign go on where it stopped; one that never began is planned first, or waits for its time if
    that is still to come."""
    campaign = held_in(tenant_id, campaign_id, ("paused",), N_("This campaign is not paused."))
    require_number(campaign)
    if campaign.total_recipients:
        moved(campaign, "running")
        judged.judge_anew(campaign)
        on_commit(broker.ring, "send_slice")
        audit.record(tenant_id, user_id, "campaign_resumed", campaign.id)
    elif campaign.scheduled_at and campaign.scheduled_at > db.session.scalars(select(func.now())).one():
        moved(campaign, "scheduled")
        audit.record(tenant_id, user_id, "campaign_resumed", campaign.id)
    else:
        _prepare(campaign, user_id, "campaign_resumed")
    db.session.commit()
    return campaign


def cancel(tenant_id: uuid.UUID, campaign_id: uuid.UUID, user_id: uuid.UUID | None = None) -> Campaign:
    """End a campaign: whoever was not written to yet never will be. What is on the wire is settled as it comes."""
    lock_campaign(campaign_id)
    unfinished = ("draft", "scheduled", "preparing", "running", "paused")
    campaign = held_in(tenant_id, campaign_id, unfinished, N_("This campaign is over already."))
    moved(campaign, "cancelled")
    audit.record(tenant_id, user_id, "campaign_cancelled", campaign.id)
    db.session.commit()
    cancel_waiting(tenant_id, campaign_id)
    return campaign


def cancel_waiting(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> int:
    """Mark recipients of a cancelled campaign who are not on the wire, as many as one call may; how many it were."""
    act_for(tenant_id)
    campaign = db.session.scalar(Campaign.of(tenant_id).where(Campaign.id == campaign_id))
    if campaign is None or campaign.status != "cancelled" or campaign.first_number is None:
        return 0
    done = 0
    for first in range(campaign.first_number, campaign.first_number + campaign.total_recipients, CANCEL_STEP):
        if done >= CANCEL_AT_ONCE:
            break
        given = {
            "tenant_id": tenant_id,
            "campaign_id": campaign_id,
            "first": first,
            "last": min(first + CANCEL_STEP, campaign.first_number + campaign.total_recipients) - 1,
            "stripe": counts.stripe(),
        }
        done += db.session.scalar(_CANCEL, given) or 0
        on_commit(progress.publish, tenant_id, campaign_id, True)
        db.session.commit()
    return done


def freeze(campaign: Campaign) -> None:
    """Copy the template into the campaign: a later edit changes nothing that was previewed.

    Raises:
        Invalid: something that a send needs is missing; the field names the wizard's step.
    """
    require_number(campaign)
    if campaign.message_template_id:
        template = db.session.scalar(
            MessageTemplate.of(campaign.tenant_id).where(MessageTemplate.id == campaign.message_template_id)
        )
        if template is None or not template.is_active:
            raise Invalid("message", N_("The template was deleted or switched off. Choose another message."))
        campaign.message, campaign.message_kind = template.content, template.kind
        campaign.message_variables = placeholders.by_key(template.variables)
        campaign.message_template = _identity(template)
    if not campaign.message.strip():
        raise Invalid("message", N_("Write a message or choose a template."))
    if campaign.message_kind == "text":
        placeholders.require_whole("message", campaign.message)
    if not campaign.audience.get("recipient_ids") and campaign.audience.get("recipient_type") != "all":
        raise Invalid("audience", N_("Choose who gets this message."))


def _clock(campaign: Campaign) -> None:
    """Count the time for which it runs, without pauses."""
    if campaign.ran_since is not None:
        passed = func.extract("epoch", func.now() - Campaign.ran_since)
        campaign.ran_seconds = Campaign.ran_seconds + passed  # type: ignore[assignment]
    campaign.ran_since = func.now() if campaign.status == "running" else None


def _address(user_id: uuid.UUID | None) -> str | None:
    return db.session.scalar(select(User.email).where(User.id == user_id)) if user_id else None


def _identity(template: MessageTemplate) -> dict[str, Any]:
    if template.kind != "template":
        return {}
    return {"name": template.provider_name, "language": template.language, "components": template.components}


def _prepare(campaign: Campaign, user_id: uuid.UUID | None, action: str) -> None:
    campaign.was_scheduled_for = None
    moved(campaign, "preparing")
    audit.record(campaign.tenant_id, user_id, action, campaign.id)
    on_commit(broker.ring, "plan_campaign", campaign.tenant_id, campaign.id)


def held_in(
    tenant_id: uuid.UUID, campaign_id: uuid.UUID, statuses: Iterable[str], otherwise: str
) -> Campaign:
    """The campaign with its row locked, in one of these statuses: of two who come at once, one waits and is refused."""
    campaign = held(Campaign.of(tenant_id).where(Campaign.id == campaign_id))
    if campaign is None:
        raise NotFound(N_("There is no such campaign."))
    if campaign.status not in statuses:
        raise Conflict(otherwise)
    return campaign


def require_number(campaign: Campaign) -> None:
    number = db.session.scalar(
        WhatsAppInstance.of(campaign.tenant_id).where(WhatsAppInstance.id == campaign.whatsapp_instance_id)
    )
    if number is None:
        raise Invalid("number", N_("Choose the number that sends."))
    if number.status == "paused":
        raise Invalid("number", N_("The number is paused. Let it go on under Numbers first."))


def _why_nobody(figures: Mapping[str, Any]) -> str | None:
    """Why a campaign ends without having reached anybody; None when it reached somebody, or may have."""
    if figures["sent_count"] or figures["uncertain_count"]:
        return None
    if figures["failed_count"]:
        return "all_failed"
    return "all_skipped" if figures["skipped_count"] else None


_CANCEL: Final = text(
    f"""
with wire as materialized (
  select rows from send_windows
  where tenant_id = :tenant_id and campaign_id = :campaign_id and settled_at is null
), changed as (
  update campaign_recipients r set status = 'cancelled'
  where r.tenant_id = :tenant_id and r.number between :first and :last and r.status = 'pending'
    and not exists (
      select from wire w where w.rows @> r.number or w.rows @> (
        select max(t.number) from send_retries t where t.tenant_id = r.tenant_id and t.recipient_number = r.number))
  returning r.tenant_id, r.campaign_id, old.status as was, new.status as now
), added as ({counts.ADD.format(source="changed").replace("%(stripe)s", ":stripe")})
select count(*) from changed
"""
)
