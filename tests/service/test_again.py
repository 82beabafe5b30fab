"""Sent again: who goes back to waiting, who does not, and what is remembered of it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from tests.again import age, carry_out, check_all_counts, given_up, retries, settle_each
from tests.callbacks import arrive, make_running, recipients, status_of, statuses_of, tracker_of
from tests.campaigning import statuses
from tests.people import Person
from webapp.db import as_owner, db
from webapp.domain.errors import Conflict, Invalid
from webapp.models.audit_log import AuditEntry
from webapp.models.campaigns import Campaign
from webapp.models.events import Event
from webapp.models.opt_outs import OptOut
from webapp.sending import rounds
from webapp.services import counts
from webapp.services.campaigns import again, moves
from webapp.services.campaigns.figures import Figures


def figures(campaign: Campaign) -> Figures:
    told = counts.read(campaign.tenant_id, campaign.id)
    assert told is not None
    return Figures.of(told)


def finish(campaign: Campaign) -> None:
    rounds.fold_all()
    for found in rounds.resting():
        rounds.call(moves.finish, found)
    db.session.expire_all()


def offered(campaign: Campaign) -> dict[int, again.Offer]:
    return {offer.code: offer for offer in again.offers(campaign, figures(campaign))}


def test_who_failed_for_a_chosen_reason_goes_back_to_waiting_under_a_new_number(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 6)
    settle_each(campaign, accepted=2, failed_131000=3, failed_131026=1)
    finish(campaign)
    assert campaign.status == "completed"
    assert again.retry_failed(owner.tenant_id, campaign.id, [131000], owner.user_id) == 3
    assert (campaign.status, campaign.completed_at) == ("running", None)
    assert carry_out(campaign) == 3
    assert statuses(campaign) == {"accepted": 2, "pending": 3, "failed": 1}
    waiting = [row for row in recipients(campaign) if row.status == "pending"]
    assert {(row.error_code, row.error_message, row.failed_at, row.message_id) for row in waiting} == {
        (None, None, None, None)
    }
    assert [retry.is_by_person for retry in retries(campaign)] == [True] * 3
    settle_each(campaign, accepted=3)
    assert statuses(campaign) == {"accepted": 5, "failed": 1}
    numbers = [retry.number for retry in retries(campaign)]
    assert not set(numbers) & {row.number for row in recipients(campaign)}
    check_all_counts(campaign)


def test_a_wish_is_written_down_with_who_and_told_as_one_change_of_status(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 3)
    settle_each(campaign, accepted=1, failed_131000=2)
    finish(campaign)
    again.retry_failed(owner.tenant_id, campaign.id, [131000], owner.user_id)
    entry = db.session.scalars(
        AuditEntry.of(owner.tenant_id).where(AuditEntry.action == "campaign_retry")
    ).one()
    assert (entry.user_id, entry.details) == (owner.user_id, {"codes": [131000], "people": 2})
    told = db.session.scalars(
        Event.of(owner.tenant_id).where(Event.type == "campaign_status_changed").order_by(Event.sequence)
    ).all()
    assert told[-1].payload["previousStatus"] == "completed"
    assert [event.payload["status"] for event in told].count("running") == 2


def test_a_campaign_does_not_end_while_people_are_still_brought_back(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 3)
    settle_each(campaign, failed_131000=3)
    finish(campaign)
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    finish(campaign)
    assert campaign.status == "running"
    with pytest.raises(Conflict):
        moves.finish(owner.tenant_id, campaign.id)
    with pytest.raises(Conflict):
        again.retry_failed(owner.tenant_id, campaign.id, [131000])
    db.session.rollback()
    assert carry_out(campaign, step=1) == 3
    settle_each(campaign, failed_131000=3)
    finish(campaign)
    assert (campaign.status, campaign.paused_reason) == ("completed", "all_failed")
    check_all_counts(campaign)


def test_a_paused_campaign_takes_people_back_and_stays_paused(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 2)
    settle_each(campaign, failed_131000=2)
    moves.pause(owner.tenant_id, campaign.id)
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    carry_out(campaign)
    assert campaign.status == "paused"
    assert statuses(campaign) == {"pending": 2}


def test_who_fails_after_the_wish_is_not_part_of_it(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 3)
    settle_each(campaign, failed_131000=3)
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    db.session.execute(text("update sendings_again set created_at = created_at - interval '1 hour'"))
    db.session.commit()
    assert carry_out(campaign) == 0
    assert statuses(campaign) == {"failed": 3}


def test_who_was_held_back_by_whatsapp_is_offered_after_a_day(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 4)
    settle_each(campaign, failed_131049=4)
    first = recipients(campaign)[0]
    assert (offered(campaign)[131049].count, offered(campaign)[131049].later) == (0, 4)
    with pytest.raises(Invalid) as refusal:
        again.retry_failed(owner.tenant_id, campaign.id, [131049])
    assert refusal.value.field == "codes"
    db.session.rollback()
    age(campaign, timedelta(hours=25))
    first.failed_at = db.func.now()
    db.session.commit()
    offer = offered(campaign)[131049]
    assert (offer.count, offer.later, offer.is_promising) == (3, 1, True)
    assert again.retry_failed(owner.tenant_id, campaign.id, [131049]) == 3
    assert carry_out(campaign) == 3
    assert statuses(campaign) == {"pending": 3, "failed": 1}


def test_what_may_pass_is_chosen_beforehand_and_who_said_no_is_not_offered(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 6)
    settle_each(campaign, failed_131000=1, failed_190=1, failed=1, failed_131026=1, failed_131050=2)
    assert {code: offer.is_promising for code, offer in offered(campaign).items()} == {
        131000: True, 190: True, 0: True, 131026: False,
    }  # fmt: skip
    with pytest.raises(Invalid):
        again.retry_failed(owner.tenant_id, campaign.id, [131050])


def test_nobody_who_said_no_meanwhile_is_written_to(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 2)
    settle_each(campaign, failed_131000=2)
    db.session.add(
        OptOut(
            tenant_id=owner.tenant_id,
            phone_key=recipients(campaign)[0].phone_key,
            source="page",
            at=db.func.now(),
        )
    )
    db.session.commit()
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    carry_out(campaign)
    settle_each(campaign, accepted=1)
    assert statuses(campaign)["accepted"] == 1


def test_the_uncertain_are_sent_again_when_their_number_is_typed(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 5)
    settle_each(campaign, accepted=2, uncertain=3)
    finish(campaign)
    for typed in ("", "2", "33", "three"):
        with pytest.raises(Invalid) as refusal:
            again.resend_uncertain(owner.tenant_id, campaign.id, typed, owner.user_id)
        assert refusal.value.field == "typed"
        db.session.rollback()
    assert again.resend_uncertain(owner.tenant_id, campaign.id, " 3 ", owner.user_id) == 3
    assert carry_out(campaign) == 3
    assert statuses(campaign) == {"accepted": 2, "pending": 3}
    resent = [row.number for row in recipients(campaign) if row.status == "pending"]
    assert [(one.number, one.recipient_number, one.proven_at) for one in given_up(campaign)] == [
        (number, number, None) for number in resent
    ]
    settle_each(campaign, accepted=3)
    check_all_counts(campaign)


def test_who_became_uncertain_after_the_wish_is_not_sent_again(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 2)
    settle_each(campaign, uncertain=2)
    again.resend_uncertain(owner.tenant_id, campaign.id, "2")
    db.session.execute(text("update send_windows set settled_at = now() + interval '1 minute'"))
    db.session.commit()
    assert carry_out(campaign) == 0
    assert statuses(campaign) == {"uncertain": 2}


def test_nobody_whose_message_is_on_the_wire_or_waits_to_be_goes_back(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 2)
    settle_each(campaign, uncertain=2)
    first, _ = recipients(campaign)
    with as_owner() as connection:
        connection.execute(
            text(
                """insert into send_retries (tenant_id, campaign_id, recipient_number, attempt, not_before)
                   values (:t, :c, :n, 2, now())"""
            ),
            {"t": owner.tenant_id, "c": campaign.id, "n": first.number},
        )
    again.resend_uncertain(owner.tenant_id, campaign.id, "2")
    assert carry_out(campaign) == 1


def test_late_news_of_a_given_up_message_is_shown_as_a_duplicate(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id, 3)
    settle_each(campaign, uncertain=3)
    again.resend_uncertain(owner.tenant_id, campaign.id, "3")
    carry_out(campaign)
    settle_each(campaign, accepted=3)
    one, two, _ = recipients(campaign)
    assert figures(campaign).duplicates == 0
    arrive(app, instance, statuses_of(instance, status_of(one, "sent"), status_of(two, "delivered")))
    assert figures(campaign).duplicates == 2
    assert [bool(attempt.proven_at) for attempt in given_up(campaign)] == [True, True, False]
    # Told again, nothing more; what then failed was no second message.
    arrive(
        app, instance, statuses_of(instance, status_of(one, "sent"), status_of(one, "failed", code=131026))
    )
    assert figures(campaign).duplicates == 1
    check_all_counts(campaign)


def test_news_that_comes_before_the_second_message_leaves_makes_it_needless(
    app: Flask, owner: Person
) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    settle_each(campaign, uncertain=2)
    again.resend_uncertain(owner.tenant_id, campaign.id, "2")
    carry_out(campaign)
    one, _ = recipients(campaign)
    arrive(app, instance, statuses_of(instance, status_of(one, "sent")))
    settle_each(campaign, accepted=1)
    assert statuses(campaign) == {"sent": 1, "accepted": 1}
    assert figures(campaign).duplicates == 0
    check_all_counts(campaign)


def test_a_message_that_failed_and_arrived_after_all_is_a_duplicate_of_its_retry(
    app: Flask, owner: Person
) -> None:
    campaign, instance = make_running(owner.tenant_id, 1)
    settle_each(campaign, accepted=1)
    (one,) = recipients(campaign)
    arrive(app, instance, statuses_of(instance, status_of(one, "failed", code=131000)))
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    carry_out(campaign)
    settle_each(campaign, accepted=1)
    arrive(app, instance, statuses_of(instance, status_of(one, "failed", code=131000)))
    assert (figures(campaign).duplicates, statuses(campaign)) == (0, {"accepted": 1})
    arrive(app, instance, statuses_of(instance, status_of(one, "delivered")))
    assert figures(campaign).duplicates == 1
    again_sent = retries(campaign)[0]
    assert again_sent.number is not None
    new = status_of(one, "read") | {
        "id": f"wamid.{again_sent.number}",
        "biz_opaque_callback_data": tracker_of(again_sent.number),
    }
    arrive(app, instance, statuses_of(instance, new))
    assert statuses(campaign) == {"read": 1}
    check_all_counts(campaign)


@pytest.mark.parametrize("move", ["cancel", "number"])
def test_what_is_over_or_can_not_send_takes_nobody_back(owner: Person, move: str) -> None:
    campaign, instance = make_running(owner.tenant_id, 2)
    settle_each(campaign, failed_131000=2)
    if move == "cancel":
        moves.cancel(owner.tenant_id, campaign.id)
    else:
        instance.status = "paused"
        db.session.commit()
    with pytest.raises((Conflict, Invalid)):
        again.retry_failed(owner.tenant_id, campaign.id, [131000])
    db.session.rollback()
    assert statuses(campaign) == {"failed": 2}


def test_a_cancel_ends_a_wish(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 2)
    settle_each(campaign, failed_131000=2)
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    moves.cancel(owner.tenant_id, campaign.id)
    assert carry_out(campaign) == 0
    assert statuses(campaign) == {"failed": 2}
