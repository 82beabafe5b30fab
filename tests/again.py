"""Sending again, as a person and the workers behind the pages do it."""

import uuid
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, text, update

from tests.callbacks import recipients
from tests.campaigning import check_counts
from webapp.db import act_for, db
from webapp.models.again import GivenUpAttempt, SendingAgain
from webapp.models.campaigns import Campaign, CampaignFailure
from webapp.models.recipients import Recipient
from webapp.models.sending import SendRetry
from webapp.sending.gate import gate
from webapp.sending.lease import claim
from webapp.sending.results import Result
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.services.campaigns import again_steps


def carry_out(campaign: Campaign, step: int = again_steps.STEP) -> int:
    """Do what the bell for a wish does; how many people went back to waiting."""
    wish = db.session.scalars(
        select(SendingAgain)
        .where(SendingAgain.tenant_id == campaign.tenant_id, SendingAgain.campaign_id == campaign.id)
        .order_by(SendingAgain.id.desc())
    ).first()
    assert wish is not None
    assert again_steps.advance(campaign.tenant_id, wish.id, step) is False
    act_for(campaign.tenant_id)
    db.session.expire_all()
    check_all_counts(campaign)
    return wish.moved


def settle_each(campaign: Campaign, **outcomes: int) -> None:
    """Gate everybody who waits and settle them by turns: so many accepted, uncertain, failed with `error_code` from
    a name like failed_131026."""
    store = Store(current_app.config["CRIER"].database_url)
    wanted = [name for name, count in outcomes.items() for _ in range(count)]
    while (batch := claim(store, campaign.tenant_id, campaign.id, 60)) is not None:
        window = gate(store, batch, len(batch.rows), lease_seconds=60, post_seconds=30)
        assert window is not None
        results = []
        for row in window.rows:
            row.content = "Hello"
            if row.recipient in window.held_back:
                results.append(Result(row, "settled"))
                continue
            status, _, code = wanted.pop(0).partition("_")
            message_id = f"wamid.{row.number}" if status == "accepted" else None
            results.append(Result(row, status, message_id, error_code=int(code) if code else None))
        assert campaign.whatsapp_instance_id is not None
        settle(store, [(window, results)], instance_id=campaign.whatsapp_instance_id, type="text")
        if not batch.rows:
            _finish_batch(campaign.tenant_id, batch.id)
        if not wanted:
            break
    store.close()
    act_for(campaign.tenant_id)
    db.session.expire_all()


def _finish_batch(tenant_id: uuid.UUID, batch_id: uuid.UUID) -> None:
    db.session.execute(
        text("update send_batches set status = 'done', lease_token = null where tenant_id = :t and id = :id"),
        {"t": tenant_id, "id": batch_id},
    )
    db.session.commit()


def retries(campaign: Campaign) -> list[SendRetry]:
    return list(db.session.scalars(SendRetry.of(campaign.tenant_id).order_by(SendRetry.recipient_number)))


def given_up(campaign: Campaign) -> list[GivenUpAttempt]:
    return list(db.session.scalars(GivenUpAttempt.of(campaign.tenant_id).order_by(GivenUpAttempt.number)))


def age(campaign: Campaign, by: timedelta) -> None:
    """As if everything of this campaign had happened so much earlier."""
    db.session.execute(
        update(Recipient)
        .where(Recipient.tenant_id == campaign.tenant_id, Recipient.campaign_id == campaign.id)
        .values(failed_at=Recipient.failed_at - by)
    )
    db.session.commit()


def check_all_counts(campaign: Campaign) -> None:
    """Counts and reasons are those of the rows."""
    check_counts(campaign)
    failed = [row for row in recipients(campaign) if row.status == "failed"]
    by_code: dict[int, int] = {}
    for row in failed:
        by_code[row.error_code or 0] = by_code.get(row.error_code or 0, 0) + 1
    told = db.session.scalars(
        CampaignFailure.of(campaign.tenant_id).where(
            CampaignFailure.campaign_id == campaign.id, CampaignFailure.count != 0
        )
    )
    assert {failure.error_code: failure.count for failure in told} == by_code
