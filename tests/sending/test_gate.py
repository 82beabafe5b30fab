"""The gate, the lease and the record that can not be made twice, step by step."""

import threading
import time
import uuid

import psycopg
import pytest
from flask import current_app
from sqlalchemy import select, text

from tests.campaigning import check_counts, make_campaign, make_instance, make_people, statuses
from tests.people import Person
from webapp.db import act_for, as_owner, db
from webapp.models.campaigns import Campaign
from webapp.models.sending import SendBatch, SendWindow
from webapp.providers.base import Accepted, Doubt, Refused, Unknown
from webapp.providers.errors import ErrorClass
from webapp.sending import lease, plan, sweep
from webapp.sending.gate import Window, gate
from webapp.sending.results import result_of
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.services import opt_outs
from webapp.services.campaigns import moves
from webapp.services.locks import lock_campaign, lock_tenant


@pytest.fixture
def store(app: object) -> Store:
    return Store(current_app.config["CRIER"].database_url)


@pytest.fixture
def campaign(owner: Person) -> Campaign:
    make_people(owner.tenant_id, 100)
    made = make_campaign(owner.tenant_id, make_instance(owner.tenant_id))
    plan.plan(owner.tenant_id, made.id)
    return made


def claimed(store: Store, campaign: Campaign, seconds: float = 60) -> lease.Batch:
    batch = lease.claim(store, campaign.tenant_id, campaign.id, seconds)
    assert batch is not None
    return batch


def gated(store: Store, batch: lease.Batch, size: int = 10) -> Window | None:
    return gate(store, batch, size, lease_seconds=60, post_seconds=30)


def gated_at_last(store: Store, batch: lease.Batch, size: int) -> Window | None:
    """As a lane does it: ask again while somebody else has the lock."""
    while True:
        try:
            return gated(store, batch, size)
        except psycopg.errors.LockNotAvailable:
            continue


def held_back(window: Window) -> dict[str, str]:
    """Why, by phone number."""
    return {
        row.phone_number: window.held_back[row.recipient]
        for row in window.rows
        if row.recipient in window.held_back
    }


def settled(store: Store, campaign: Campaign, window: Window, outcome: object) -> None:
    results = [result_of(row, outcome) for row in window.rows]  # type: ignore[arg-type]
    for result in results:
        if isinstance(outcome, Accepted):
            result.message_id = f"wamid.{result.row.number}"
    assert campaign.whatsapp_instance_id is not None
    settle(store, [(window, results)], instance_id=campaign.whatsapp_instance_id, type="text")
    db.session.expire_all()


def sweep_all(campaign: Campaign) -> None:
    with as_owner() as connection:
        for tenant_id, campaign_id, batch_id in sweep.overdue(connection):
            sweep.sweep(connection, tenant_id, campaign_id, batch_id)
    act_for(campaign.tenant_id)
    db.session.expire_all()


def lose_lease(batch: lease.Batch) -> None:
    with as_owner() as connection:
        connection.execute(
            text("update send_batches set lease_until = now() - interval '1 second' where id = :id"),
            {"id": batch.id},
        )


def test_a_batch_is_leased_to_one_sender_at_a_time(store: Store, campaign: Campaign) -> None:
    assert claimed(store, campaign).rows[0].number == campaign.first_number
    assert lease.claim(store, campaign.tenant_id, campaign.id, 60) is None


def test_a_batch_given_back_goes_on_behind_its_mark(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    window = gated(store, batch)
    assert window is not None
    settled(store, campaign, window, Accepted("wamid"))
    lease.release(store, batch)
    assert campaign.first_number is not None
    assert claimed(store, campaign).rows[0].number == campaign.first_number + 10


def test_a_batch_whose_results_were_never_written_is_left_to_the_sweep(
    store: Store, campaign: Campaign
) -> None:
    batch = claimed(store, campaign)
    gated(store, batch)
    lease.release(store, batch)
    assert lease.claim(store, campaign.tenant_id, campaign.id, 60) is None
    lose_lease(batch)
    sweep_all(campaign)
    assert statuses(campaign) == {"uncertain": 10, "pending": 90}
    assert len(claimed(store, campaign).rows) == 90


def test_the_record_is_made_before_anything_is_posted(store: Store, campaign: Campaign) -> None:
    window = gated(store, claimed(store, campaign))
    assert window is not None
    recorded = db.session.scalars(select(SendWindow)).one()
    assert (recorded.rows.lower, recorded.rows.upper) == (window.first, window.first + 10)
    assert recorded.settled_at is None


def test_no_number_is_recorded_twice_whatever_a_broken_worker_does(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    gated(store, batch)
    with as_owner() as connection, pytest.raises(Exception, match="send_windows_once"):
        connection.execute(
            text(
                """insert into send_windows (tenant_id, batch_id, first_number, campaign_id, rows, lease_token)
                   values (:t, :b, :n, :c, int8range(:n, :n, '[]'), uuidv7())"""
            ),
            {"t": campaign.tenant_id, "b": batch.id, "c": campaign.id, "n": campaign.first_number + 5},
        )


def test_a_sender_that_goes_back_behind_the_mark_is_refused(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    rows = list(batch.rows)
    gated(store, batch)
    batch.rows = rows
    assert gated(store, batch) is None


@pytest.mark.parametrize("status", ["paused", "cancelled"])
def test_a_stopped_campaign_passes_nothing(store: Store, campaign: Campaign, status: str) -> None:
    batch = claimed(store, campaign)
    getattr(moves, {"paused": "pause", "cancelled": "cancel"}[status])(campaign.tenant_id, campaign.id)
    assert gated(store, batch) is None
    assert db.session.scalars(select(SendWindow)).all() == []


def test_a_paused_number_passes_nothing(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    db.session.execute(text("update whatsapp_instances set status = 'paused'"))
    db.session.commit()
    assert gated(store, batch) is None


def test_an_old_lease_passes_nothing(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    lose_lease(batch)
    assert gated(store, batch) is None


def test_a_lease_that_another_holds_now_passes_nothing(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    lose_lease(batch)
    sweep_all(campaign)
    claimed(store, campaign)
    assert gated(store, batch) is None


def test_the_gate_waits_for_a_pause_that_is_on_its_way(store: Store, campaign: Campaign) -> None:
    """Were lock and check one statement, the check would still see the state from before the wait."""
    batch = claimed(store, campaign)
    lock_campaign(campaign.id)
    passed: list[Window | None] = []
    thread = threading.Thread(target=lambda: passed.append(gated_at_last(store, batch, 10)))
    thread.start()
    time.sleep(0.3)
    assert not passed
    db.session.execute(text("update campaigns set status = 'paused'"))
    db.session.commit()
    thread.join(5)
    assert passed == [None]


def test_the_gate_waits_for_an_opt_out_that_is_on_its_way(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    lock_tenant(campaign.tenant_id)
    passed: list[Window | None] = []
    thread = threading.Thread(target=lambda: passed.append(gated_at_last(store, batch, 100)))
    thread.start()
    time.sleep(0.3)
    assert not passed
    opt_outs.add(campaign.tenant_id, "4915100000003", "page")
    db.session.commit()
    thread.join(5)
    assert passed[0] is not None
    assert held_back(passed[0]) == {"+4915100000003": "opted_out"}


def test_who_was_deleted_or_switched_off_is_held_back(store: Store, campaign: Campaign) -> None:
    db.session.execute(text("update contacts set deleted_at = now() where phone_key = '4915100000001'"))
    db.session.execute(text("update contacts set is_active = false where phone_key = '4915100000002'"))
    db.session.commit()
    window = gated(store, claimed(store, campaign), 100)
    assert window is not None
    assert held_back(window) == {"+4915100000001": "deleted", "+4915100000002": "inactive"}


def test_no_post_starts_so_late_that_it_outlives_the_lease(store: Store, campaign: Campaign) -> None:
    before = time.monotonic()
    window = gate(store, claimed(store, campaign), 5, lease_seconds=60, post_seconds=30)
    assert window is not None
    assert before + 29.9 < window.start_before < time.monotonic() + 30


def test_accepted_rows_are_settled_with_their_history(store: Store, campaign: Campaign) -> None:
    window = gated(store, claimed(store, campaign))
    assert window is not None
    settled(store, campaign, window, Accepted("wamid"))
    assert statuses(campaign) == {"accepted": 10, "pending": 90}
    assert db.session.scalar(text("select count(*) from messages_history")) == 10
    check_counts(campaign)


def test_settling_twice_changes_nothing(store: Store, campaign: Campaign) -> None:
    window = gated(store, claimed(store, campaign))
    assert window is not None
    for _ in range(2):
        settled(store, campaign, window, Accepted("wamid"))
    assert db.session.scalar(text("select count(*) from messages_history")) == 10
    check_counts(campaign)


def test_a_callback_that_was_quicker_is_not_undone_and_has_its_history(
    store: Store, campaign: Campaign
) -> None:
    window = gated(store, claimed(store, campaign))
    assert window is not None
    db.session.execute(
        text(
            "update campaign_recipients set status = 'read', read_at = now(), message_id = 'wamid.x' where number = :n"
        ),
        {"n": window.first},
    )
    db.session.commit()
    settled(store, campaign, window, Accepted("wamid"))
    assert statuses(campaign) == {"read": 1, "accepted": 9, "pending": 90}
    assert db.session.scalar(text("select count(*) from messages_history where status = 'read'")) == 1


def test_after_a_crash_what_was_gated_is_uncertain_and_the_rest_goes_back(
    store: Store, campaign: Campaign
) -> None:
    batch = claimed(store, campaign)
    gated(store, batch)
    lose_lease(batch)
    sweep_all(campaign)
    assert statuses(campaign) == {"uncertain": 10, "pending": 90}
    assert campaign.first_number is not None
    assert claimed(store, campaign).rows[0].number == campaign.first_number + 10
    check_counts(campaign)


def test_sweeping_twice_changes_nothing(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    gated(store, batch)
    lose_lease(batch)
    for _ in range(2):
        sweep_all(campaign)
    assert statuses(campaign) == {"uncertain": 10, "pending": 90}
    check_counts(campaign)


def test_a_lease_that_stands_is_not_swept(store: Store, campaign: Campaign) -> None:
    gated(store, claimed(store, campaign))
    sweep_all(campaign)
    assert statuses(campaign) == {"pending": 100}


def test_a_frozen_sender_that_wakes_up_makes_the_uncertain_accepted(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    window = gated(store, batch)
    assert window is not None
    lose_lease(batch)
    sweep_all(campaign)
    settled(store, campaign, window, Accepted("wamid"))
    assert statuses(campaign) == {"accepted": 10, "pending": 90}
    check_counts(campaign)


def test_a_frozen_sender_that_wakes_up_may_not_ask_for_a_retry(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    window = gated(store, batch)
    assert window is not None
    lose_lease(batch)
    sweep_all(campaign)
    settled(store, campaign, window, Refused(131000, ErrorClass.TRANSIENT))
    assert statuses(campaign) == {"uncertain": 10, "pending": 90}
    assert db.session.scalar(text("select count(*) from send_retries")) == 0


def test_a_retry_goes_out_under_a_number_of_its_own(store: Store, campaign: Campaign) -> None:
    first = gated(store, claimed(store, campaign), 100)
    assert first is not None
    settled(store, campaign, first, Refused(131000, ErrorClass.TRANSIENT))
    with as_owner() as connection:
        connection.execute(text("update send_retries set not_before = now()"))
    assert statuses(campaign) == {"pending": 100}
    lease.release(store, first.batch)
    batch = claimed(store, campaign)
    numbers = [row.number for row in batch.rows]
    assert numbers == list(range(numbers[0], numbers[0] + 100))
    assert not set(numbers) & set(range(first.first, first.first + 100))
    assert {row.attempt for row in batch.rows} == {2}
    again = gated(store, batch, 100)
    assert again is not None
    settled(store, campaign, again, Accepted("wamid"))
    assert statuses(campaign) == {"accepted": 100}
    check_counts(campaign)


def test_a_retry_is_swept_like_any_other(store: Store, campaign: Campaign) -> None:
    first = gated(store, claimed(store, campaign), 100)
    assert first is not None
    settled(store, campaign, first, Refused(131000, ErrorClass.TRANSIENT))
    with as_owner() as connection:
        connection.execute(text("update send_retries set not_before = now()"))
    lease.release(store, first.batch)
    batch = claimed(store, campaign)
    gated(store, batch, 30)
    lose_lease(batch)
    sweep_all(campaign)
    assert statuses(campaign) == {"uncertain": 30, "pending": 70}
    assert len(claimed(store, campaign).rows) == 70
    check_counts(campaign)


def test_after_the_last_attempt_a_recipient_has_failed(store: Store, campaign: Campaign) -> None:
    window = gated(store, claimed(store, campaign), 1)
    assert window is not None
    window.rows[0].attempt = 5
    settled(store, campaign, window, Refused(131000, ErrorClass.TRANSIENT))
    assert statuses(campaign) == {"failed": 1, "pending": 99}


def test_an_unknown_outcome_is_uncertain(store: Store, campaign: Campaign) -> None:
    window = gated(store, claimed(store, campaign), 5)
    assert window is not None
    settled(store, campaign, window, Unknown(Doubt.TIMEOUT))
    assert statuses(campaign) == {"uncertain": 5, "pending": 95}
    assert db.session.scalar(text("select count(*) from send_retries")) == 0


def test_cancelling_leaves_what_is_on_the_wire_to_its_own_end(store: Store, campaign: Campaign) -> None:
    window = gated(store, claimed(store, campaign))
    assert window is not None
    moves.cancel(campaign.tenant_id, campaign.id)
    db.session.expire_all()
    assert statuses(campaign) == {"pending": 10, "cancelled": 90}
    settled(store, campaign, window, Accepted("wamid"))
    assert statuses(campaign) == {"accepted": 10, "cancelled": 90}
    check_counts(campaign)


def test_a_refused_retry_of_a_cancelled_campaign_is_cancelled_too(store: Store, campaign: Campaign) -> None:
    window = gated(store, claimed(store, campaign))
    assert window is not None
    moves.cancel(campaign.tenant_id, campaign.id)
    settled(store, campaign, window, Refused(131000, ErrorClass.TRANSIENT))
    moves.cancel_waiting(campaign.tenant_id, campaign.id)
    db.session.expire_all()
    assert statuses(campaign) == {"cancelled": 100}
    check_counts(campaign)


def test_the_database_refuses_to_take_back_what_was_accepted(campaign: Campaign) -> None:
    db.session.execute(text("update campaign_recipients set status = 'delivered'"))
    for status in ("pending", "sent", "skipped"):
        with pytest.raises(Exception, match="can not go from delivered"), db.session.begin_nested():
            db.session.execute(text("update campaign_recipients set status = :s"), {"s": status})


def test_the_engine_sees_no_other_tenant(store: Store, campaign: Campaign, stranger: Person) -> None:
    assert lease.claim(store, stranger.tenant_id, campaign.id, 60) is None
    with store.transaction(stranger.tenant_id) as cursor:
        assert cursor.execute("select count(*) as n from campaign_recipients").fetchone() == {"n": 0}
    with (
        pytest.raises(psycopg.Error),
        psycopg.connect(current_app.config["CRIER"].database_url, options="-c role=crier_app") as connection,
    ):
        connection.execute("select count(*) from campaign_recipients")


def test_batches_know_when_they_are_done(store: Store, campaign: Campaign) -> None:
    batch = claimed(store, campaign)
    window = gated(store, batch, 100)
    assert window is not None
    settled(store, campaign, window, Accepted("wamid"))
    lease.release(store, batch)
    assert db.session.scalars(select(SendBatch.status)).all() == ["done"]
    assert lease.claim(store, campaign.tenant_id, campaign.id, 60) is None
    assert isinstance(batch.id, uuid.UUID)


def test_a_settle_that_waited_for_a_callback_counts_what_it_found(store: Store, campaign: Campaign) -> None:
    """The row it waited for is read by then: nothing is left to count."""
    window = gated(store, claimed(store, campaign), 1)
    assert window is not None
    told = text("update campaign_recipients set status = :s, message_id = 'wamid.x' where number = :n")
    db.session.execute(told, {"s": "delivered", "n": window.first})
    db.session.execute(
        text(
            "insert into campaign_counts (tenant_id, campaign_id, stripe, sent_count, delivered_count) values (:t, :c, 9, 1, 1)"
        ),
        {"t": campaign.tenant_id, "c": campaign.id},
    )
    db.session.commit()
    db.session.execute(told, {"s": "read", "n": window.first})
    db.session.execute(text("update campaign_counts set read_count = 1 where stripe = 9"))
    results = [result_of(row, Accepted("wamid.x")) for row in window.rows]
    instance_id = campaign.whatsapp_instance_id
    assert instance_id is not None
    thread = threading.Thread(
        target=settle, args=(store, [(window, results)]), kwargs={"instance_id": instance_id, "type": "text"}
    )
    thread.start()
    time.sleep(0.3)
    assert thread.is_alive()
    db.session.commit()
    thread.join(5)
    check_counts(campaign)
