"""The doctor: silent in a healthy house, and each promise that is broken is named with the rows that break it."""

import json

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from tests.again import carry_out, settle_each
from tests.callbacks import arrive, make_running, recipients, status_of, statuses_of
from tests.people import Person
from webapp.db import as_owner, db
from webapp.models.campaigns import Campaign
from webapp.services.campaigns import again, moves
from webapp.services.doctor.look import CHECKS, Report, look


def make_lived(app: Flask, owner: Person) -> Campaign:
    """A campaign in which everything happened: failures, a retry, a resend, late news, a pause, people who wait."""
    campaign, instance = make_running(owner.tenant_id, 12)
    settle_each(campaign, accepted=6, failed_131000=3, uncertain=3)
    rows = recipients(campaign)
    arrive(
        app,
        instance,
        statuses_of(
            instance,
            status_of(rows[0], "read"),
            status_of(rows[1], "delivered"),
            status_of(rows[2], "failed", code=131026),
        ),
    )
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    carry_out(campaign)
    again.resend_uncertain(owner.tenant_id, campaign.id, "3")
    carry_out(campaign)
    settle_each(campaign, accepted=4, failed_131000=2)
    late = next(row for row in recipients(campaign) if row.number == rows[9].number)
    arrive(app, instance, statuses_of(instance, status_of(late, "delivered")))
    again.retry_failed(owner.tenant_id, campaign.id, [131000])
    carry_out(campaign)
    moves.pause(owner.tenant_id, campaign.id)
    return campaign


def broken(report: Report) -> list[str]:
    return [finding.check.promise for finding in report.findings if not finding.holds]


def test_a_house_in_which_everything_happened_is_healthy(app: Flask, owner: Person) -> None:
    make_lived(app, owner)
    report = look()
    assert broken(report) == []
    assert report.holds
    assert all(finding.is_checked for finding in report.findings)


# What is done to the database, and the promises that it breaks.
BREAKS = [
    (
        "update campaign_recipients set phone_key = (select min(phone_key) from campaign_recipients)",
        {"No phone is in a campaign twice."},
    ),
    (
        "insert into messages_history (tenant_id, contact_id, campaign_id, message_id, chat_id, direction, type, content,"
        " status) select tenant_id, contact_id, campaign_id, 'wamid.again', '1', 'out', 'text', '', 'sent'"
        " from campaign_recipients where status = 'read'",
        {"Nobody has two messages of one campaign, unless a person had it sent again."},
    ),
    (
        "update campaign_recipients set status = 'cancelled' where status = 'read'",
        {
            "Nobody who has the message waits for it, or counts as left out.",
            "The counts of a campaign are those of its rows.",
        },
    ),
    (
        "update campaign_recipients set message_id = null where status = 'read'",
        {"Whoever counts as reached has the id that the provider gave the message."},
    ),
    (
        "update campaigns set status = 'completed', completed_at = now() - interval '1 hour'",
        {"Nobody waits in a campaign that is over.", "Each change of a campaign's status was told once."},
    ),
    (
        "delete from send_retries where number is null",
        {"For everybody who waits there is something that will send to them."},
    ),
    (
        "insert into opt_outs (tenant_id, phone_key, source, at, created_at) select tenant_id, phone_key, 'page', now(),"
        " now() - interval '1 hour' from campaign_recipients where status = 'read'",
        {"After an opt-out no message to that person passed the gate."},
    ),
    (
        "update campaigns set sent_count = sent_count + 1",
        {"The counts of a campaign are those of its rows."},
    ),
    (
        "update campaigns set failed_count = failed_count - 1000",
        {
            "The counts of a campaign are those of its rows.",
            "All states of a campaign add up to its people, and none is below nought.",
        },
    ),
    ("update campaign_failures set count = count + 1", {"Failures by reason are those of the rows."}),
    (
        "update send_batches set status = 'leased', lease_token = uuidv7(), lease_until = now() - interval '1 hour'",
        {"No lease has run out without being swept."},
    ),
    (
        "update send_windows set settled_at = null, gated_at = now() - interval '1 hour'",
        {"No window has stayed on the wire without anybody holding it."},
    ),
    (
        "delete from events where type = 'campaign_status_changed' and payload->>'status' = 'paused'",
        {"Each change of a campaign's status was told once."},
    ),
    (
        "update send_windows set gated_at = now() + interval '1 hour'",
        {"After a pause or a cancel nothing of the campaign passed the gate."},
    ),
]


@pytest.mark.parametrize(("harm", "promises"), BREAKS, ids=[min(promises) for _, promises in BREAKS])
def test_what_is_broken_is_named_with_its_rows_and_no_phone(
    app: Flask, owner: Person, superuser: psycopg.Connection, harm: str, promises: set[str]
) -> None:
    campaign = make_lived(app, owner)
    phones = [row.phone_key for row in recipients(campaign)]
    with superuser.transaction():
        superuser.execute("set local session_replication_role = replica")
        superuser.execute(harm)  # type: ignore[call-overload]
    report = look()
    assert set(broken(report)) == promises
    told = json.dumps(report.told(), default=str)
    assert str(campaign.id) in told
    assert not [phone for phone in phones if phone in told]


@pytest.mark.parametrize(
    ("harm", "repair", "promise"),
    [
        (
            "alter table send_windows drop constraint send_windows_once",
            'alter table send_windows add constraint send_windows_once exclude using gist ("rows" with &&)',
            "The database refuses a number that was on the wire before.",
        ),
        (
            "alter table contacts disable row level security",
            "alter table contacts enable row level security",
            "Every table of a tenant is behind its wall, and every key between them carries the tenant.",
        ),
    ],
)
def test_a_schema_that_lost_a_guard_is_named(app: Flask, harm: str, repair: str, promise: str) -> None:
    try:
        with as_owner() as connection:
            connection.execute(text(harm))
        assert broken(look()) == [promise]
    finally:
        with as_owner() as connection:
            connection.execute(text(repair))


def test_every_check_is_broken_once_by_these_tests() -> None:
    schema = {check.promise for check in CHECKS if check.invariant == 8 or "refuses" in check.promise}
    assert {check.promise for check in CHECKS} == set().union(*(promises for _, promises in BREAKS)) | schema


def test_of_very_many_people_some_are_looked_at_and_that_is_said(app: Flask, owner: Person) -> None:
    make_lived(app, owner)
    report = look(huge=10, part=3)
    assert report.holds
    assert any("in three parts of 3 each" in note for note in report.notes)
    assert any("Looked at the people of 0 of 1 campaigns" in note for note in look(most=0).notes)


def test_a_check_that_takes_too_long_is_said_and_is_no_clean_bill(
    app: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.services.doctor.look.SECONDS_EACH", 0.3)
    make_lived(app, owner)
    db.session.rollback()
    with as_owner() as connection:
        connection.execute(text("lock table messages_history in access exclusive mode"))
        report = look()
    assert not report.holds
    assert any("Not checked" in note for note in report.notes)


def test_the_command_says_it_in_words_and_in_json_and_ends_with_its_code(app: Flask, owner: Person) -> None:
    runner = app.test_cli_runner()
    campaign = make_lived(app, owner)
    said = runner.invoke(args=["doctor"])
    assert (said.exit_code, said.output.count("holds ")) == (0, len(CHECKS))
    db.session.execute(text("update campaigns set sent_count = sent_count + 1"))
    db.session.commit()
    said = runner.invoke(args=["doctor"])
    assert said.exit_code == 1
    assert "BROKEN" in said.output
    assert f"campaign_id {campaign.id}" in said.output
    told = runner.invoke(args=["doctor", "--json"])
    assert told.exit_code == 1
    assert json.loads(told.output)["holds"] is False
