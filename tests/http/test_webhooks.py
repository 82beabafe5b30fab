"""Webhooks as people see them."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from tests.people import Person, join, outside
from tests.webhooks import URL, make_attempt, make_log, make_minute, make_webhook, typed
from webapp.db import act_for, db
from webapp.models.audit_log import AuditEntry
from webapp.models.sessions import ShownOnce
from webapp.models.users import User
from webapp.models.webhooks import Webhook, WebhookLog
from webapp.services import passwords, shown_once, webhook_logs, webhook_secrets, webhooks

PASSWORD = "four unrelated little words"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
CHANGES = (
    "edit", "test", "pause", "resume", "secret", "secret/new", "secret/end", "delete", "restore", "replay", "waiting",
)  # fmt: skip


def only(person: Person) -> Webhook:
    db.session.expire_all()
    return db.session.scalars(Webhook.of(person.tenant_id)).one()


def shown_times(person: Person) -> int:
    query = AuditEntry.of(person.tenant_id).where(AuditEntry.action == "webhook_secret_shown")
    return len(db.session.scalars(query).all())


def after(person: Person, answer: TestResponse) -> TestResponse:
    """The page that an answer leads to; on the way there nothing tells the secret."""
    assert answer.status_code == 303
    assert "whsec_" not in answer.text + str(answer.headers)
    return person.get(answer.location)


def with_password(person: Person, signed_in_ago: int = 60) -> Person:
    """Somebody with a password, who signed in a minute ago and has not typed it since."""
    db.session.get_one(User, person.user_id).password_hash = passwords.hashed(PASSWORD)
    db.session.commit()

    def write() -> None:
        with person.client.session_transaction() as session:
            session["proved"] = [int(time.time()) - signed_in_ago, False]

    outside(write)
    return person


def test_a_webhook_is_made_changed_paused_deleted_and_restored(owner: Person) -> None:
    assert "No webhook yet" in owner.get("/webhooks").text
    made = owner.post("/webhooks/new", typed())
    assert made.status_code == 303
    webhook = only(owner)
    path = f"/webhooks/{webhook.id}"
    ready = owner.get(made.location).text
    assert "Your webhook is ready" in ready
    assert SECRET.findall(ready) == webhook_secrets.signing_secrets(webhook)
    assert (
        owner.post(f"{path}/edit", typed(name="Till", which="chosen", events="group_created")).status_code
        == 303
    )
    assert (only(owner).name, only(owner).events) == ("Till", ["group_created"])
    assert "Till" in owner.get("/webhooks?q=til").text
    assert "No webhook like this" in owner.get("/webhooks?q=shop").text
    owner.post(f"{path}/pause")
    assert "This webhook is paused" in owner.get(path).text
    owner.post(f"{path}/resume")
    assert "hears of events again" in owner.get(path).text
    assert owner.post(f"{path}/delete").headers["Location"] == "/webhooks"
    assert "Undo" in owner.get("/webhooks").text
    assert owner.get(path).status_code == 404
    trash = owner.get("/webhooks?trash=1").text
    assert "Till" in trash
    assert "In the trash" in trash
    assert ">Active<" not in trash
    assert owner.post(f"{path}/restore", {"back": "list"}).headers["Location"] == "/webhooks"
    owner.post(f"{path}/delete")
    assert owner.post(f"{path}/restore").headers["Location"] == path
    assert "Till" in owner.get(path).text


def test_what_is_refused_stands_beside_its_field_and_nothing_is_lost(owner: Person) -> None:
    form = typed(
        name="Harbour",
        url="https://10.0.0.7/hook",
        description="For the harbour",
        which="chosen",
        events="group_created",
    )
    answer = owner.post("/webhooks/new", form)
    assert answer.status_code == 422
    assert re.search(r'id="url-error".*This address points into a private network', answer.text, re.S)
    for kept in ('value="Harbour"', 'value="https://10.0.0.7/hook"', "For the harbour"):
        assert kept in answer.text
    assert re.search(r'value="group_created" checked', answer.text)
    assert re.search(r'value="chosen"[^>]*checked|checked[^>]*value="chosen"', answer.text)
    assert db.session.scalars(Webhook.of(owner.tenant_id)).all() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "A webhook needs a name."),
        ({"url": ""}, "Type the address."),
        ({"url": "https://" + "a" * 3000}, "2048"),
        ({"name": "x" * 101}, "100 characters"),
        ({"description": "x" * 1001}, "1000 characters"),
        ({"which": "chosen"}, "Choose at least one event."),
        (
            {"which": "chosen", "events": "no_such"},
            "Webhooks do not hear of “no_such”. They hear of contact_created, ",
        ),
        ({"which": "chosen", "events": "webhook_triggered"}, "Webhooks do not hear of “webhook_triggered”."),
        ({"which": "none"}, "Not a valid choice"),
    ],
)
def test_bad_input_is_a_sentence(owner: Person, wrong: dict[str, str], sentence: str) -> None:
    answer = owner.post("/webhooks/new", typed(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    edited = owner.post(f"/webhooks/{make_webhook(owner.tenant_id).id}/edit", typed(**wrong))
    assert (edited.status_code, sentence in edited.text) == (422, True)


def test_a_full_house_says_so_on_the_form(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MOST", 1)
    webhook = make_webhook(owner.tenant_id)
    answer = owner.post("/webhooks/new", typed(name="Second"))
    assert answer.status_code == 422
    assert "There are 1 webhooks already" in answer.text
    assert 'value="Second"' in answer.text
    owner.post(f"/webhooks/{webhook.id}/delete")
    make_webhook(owner.tenant_id)
    assert owner.post(f"/webhooks/{webhook.id}/restore").headers["Location"] == "/webhooks?trash=1"
    assert "There are 1 webhooks already" in owner.get("/webhooks?trash=1").text


def test_the_secret_is_shown_again_only_after_the_password_and_it_is_written_down(owner: Person) -> None:
    webhook, secret = webhooks.create(owner.tenant_id, name="Shop", url=URL)
    path = f"/webhooks/{webhook.id}"
    boss = with_password(owner)
    asked = boss.post(f"{path}/secret")
    assert "Is it still you?" in asked.text
    assert "whsec_" not in asked.text
    assert "whsec_" not in boss.post(f"{path}/secret", {"present_password": "wrong"}).text
    assert shown_times(boss) == 0
    answer = after(boss, boss.post(f"{path}/secret", {"present_password": PASSWORD}))
    assert secret in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert shown_times(boss) == 1
    assert secret in after(boss, boss.post(f"{path}/secret")).text
    assert shown_times(boss) == 2


def test_a_new_secret_needs_the_password_and_the_old_one_signs_on(owner: Person) -> None:
    webhook, old = webhooks.create(owner.tenant_id, name="Shop", url=URL)
    path = f"/webhooks/{webhook.id}"
    boss = with_password(owner)
    assert "Is it still you?" in boss.post(f"{path}/secret/new").text
    assert webhook_secrets.signing_secrets(only(boss)) == [old]
    answer = after(boss, boss.post(f"{path}/secret/new", {"present_password": PASSWORD}))
    [new] = SECRET.findall(answer.text)
    assert webhook_secrets.signing_secrets(only(boss)) == [new, old]
    page = boss.get(path).text
    assert "Two secrets sign until" in page
    assert "End the old secret now" in page
    assert boss.post(f"{path}/secret/new").location == path
    assert re.search(r"Until \d+ \w{3} 20\d\d, \d\d:\d\d two secrets sign", boss.get(path).text)
    assert boss.post(f"{path}/secret/end").location == path
    assert webhook_secrets.signing_secrets(only(boss)) == [new]
    assert "Make a new secret" in boss.get(path).text


def test_a_reload_of_a_page_with_a_secret_does_nothing_and_shows_it_no_more(owner: Person) -> None:
    made = owner.post("/webhooks/new", typed())
    assert not SECRET.search(outside(owner.client.head, made.location).text)
    assert SECRET.search(owner.get(made.location).text)
    assert "no-store" in (again := owner.get(made.location)).headers["Cache-Control"]
    assert not SECRET.search(again.text)
    assert "The secret was shown." in again.text
    assert f'action="/webhooks/{only(owner).id}/secret"' in again.text


def test_a_secret_waits_ten_minutes_sealed_for_the_browser_that_made_it(app: Flask, owner: Person) -> None:
    made = owner.post("/webhooks/new", typed())
    mate = join(app, owner.tenant_id, "manager")
    assert not SECRET.search(mate.get(made.location).text)
    [kept] = db.session.scalars(select(ShownOnce)).all()
    assert "whsec_" not in kept.secret
    db.session.execute(update(ShownOnce).values(created_at=func.now() - timedelta(minutes=11)))
    db.session.commit()
    assert not SECRET.search(owner.get(made.location).text)
    owner.post(f"/webhooks/{only(owner).id}/secret")
    db.session.execute(update(ShownOnce).values(created_at=func.now() - timedelta(minutes=11)))
    shown_once.forget_old()
    assert db.session.scalars(select(ShownOnce)).all() == []


def test_no_page_holds_a_secret(app: Flask, owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed")
    path = f"/webhooks/{webhook.id}"
    pages = (
        "/webhooks",
        path,
        f"{path}/edit",
        f"{path}/log/{log.id}",
        f"{path}/log/{log.id}/tries",
        f"{path}/replay",
    )
    for page in pages:
        assert "whsec_" not in owner.get(page).text, page


def test_below_manager_nobody_changes_or_learns_a_secret(app: Flask, owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed")
    path = f"/webhooks/{webhook.id}"
    for role in ("viewer", "sender"):
        person = join(app, owner.tenant_id, role)
        for page in ("/webhooks", path, f"{path}/log/{log.id}"):
            text = person.get(page).text
            assert not any(
                word in text for word in ("New webhook", "Send a test", "Show the secret", "Post again")
            )
        for page in ("/webhooks/new", f"{path}/edit", f"{path}/replay"):
            assert person.get(page).status_code == 403
        for act in (*CHANGES, f"log/{log.id}/replay"):
            assert person.post(f"{path}/{act}", typed(present_password=PASSWORD)).status_code == 403, act
        assert person.post("/webhooks/new", typed()).status_code == 403
    assert join(app, owner.tenant_id, "manager").post(f"{path}/pause").status_code == 303


def test_a_strangers_webhook_is_not_there(owner: Person, stranger: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed")
    act_for(stranger.tenant_id)
    own = make_webhook(stranger.tenant_id)
    act_for(owner.tenant_id)
    for path in (f"/webhooks/{webhook.id}", f"/webhooks/{own.id}"):
        for page in (f"log/{log.id}", f"log/{log.id}/tries", f"tested/{log.id}"):
            assert stranger.get(f"{path}/{page}").status_code == 404
        assert stranger.post(f"{path}/log/{log.id}/replay").status_code == 404
    for page in ("", "/edit", "/replay"):
        assert stranger.get(f"/webhooks/{webhook.id}{page}").status_code == 404
    for act in CHANGES:
        assert stranger.post(f"/webhooks/{webhook.id}/{act}", typed()).status_code == 404, act
    assert str(log.id) not in stranger.get(f"/webhooks/{own.id}?tested={log.id}").text


def test_an_entry_belongs_to_the_webhook_in_its_address(owner: Person) -> None:
    log, other = make_log(make_webhook(owner.tenant_id), "failed"), make_webhook(owner.tenant_id)
    path = f"/webhooks/{other.id}/log/{log.id}"
    assert owner.get(path).status_code == owner.post(f"{path}/replay").status_code == 404
    db.session.expire_all()
    assert log.completed_at is not None


def test_the_result_of_a_test_appears_when_it_is_there(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id, events=["group_created"])
    answer = owner.post(f"/webhooks/{webhook.id}/test")
    assert answer.status_code == 303
    page = owner.get(answer.headers["Location"]).text
    assert "The test is on its way." in page
    [fragment] = re.findall(r'hx-get="(/webhooks/[^"]+/tested/[^"]+)"', page)
    log = db.session.scalars(WebhookLog.of(owner.tenant_id)).one()
    make_attempt(log, completed_at=db.func.now(), error_message="The receiver did not take the event.")
    log.attempt_count, log.status_code = 1, 500
    db.session.commit()
    told = owner.get(fragment, htmx=True).text
    assert "The test did not arrive: the receiver answered 500." in told
    assert "The receiver did not take the event." in told
    assert "hx-get" not in told
    make_attempt(log, 2, completed_at=db.func.now(), status_code=204, duration_ms=34)
    log.success, log.completed_at = True, db.func.now()
    db.session.commit()
    assert "The test arrived: the receiver answered 204 after 34 ms." in owner.get(fragment, htmx=True).text


def test_a_test_that_can_not_be_is_told_on_the_page(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    path = f"/webhooks/{webhook.id}"
    owner.post(f"{path}/pause")
    assert owner.post(f"{path}/test").headers["Location"] == path
    assert "Resume it first" in owner.get(path).text


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("gone", "gone for good (410)"), ("failing", "For five days nothing but failures")],
)
def test_one_that_was_switched_off_says_why_since_when_and_how_it_comes_back(
    app: Flask, owner: Person, reason: str, sentence: str
) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhook.is_active, webhook.disabled_reason = False, reason
    webhook.disabled_at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    db.session.commit()
    path = f"/webhooks/{webhook.id}"
    page = owner.get(path).text
    assert "This webhook was switched off on 4 Mar 2026, 05:06." in page
    assert sentence in page
    assert f'action="{path}/resume"' in page
    assert f'action="{path}/resume"' not in join(app, owner.tenant_id, "viewer").get(path).text
    assert "Switched off" in owner.get("/webhooks").text
    owner.post(f"{path}/resume")
    assert "was switched off" not in owner.get(path).text


def test_one_that_rests_or_fails_says_so(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhook.failing_since = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    db.session.commit()
    assert "Nothing but failures since 4 Mar 2026, 05:06." in owner.get(f"/webhooks/{webhook.id}").text
    webhook.rests_until = datetime.now(UTC) + timedelta(minutes=3)
    db.session.commit()
    assert "The receiver asked to wait." in owner.get(f"/webhooks/{webhook.id}").text
    webhook.rest_count = 1
    db.session.commit()
    assert "Most of the last tries failed." in owner.get(f"/webhooks/{webhook.id}").text
    assert "Waiting for the receiver" in owner.get("/webhooks").text


def test_the_last_day_is_a_chart_and_a_share(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    path = f"/webhooks/{webhook.id}"
    assert "webhook-tries" not in owner.get(path).text
    make_minute(webhook, datetime.now(UTC), 1200, 300, mean_ms=1840)
    page = owner.get(path).text
    assert "75% of the tries were delivered." in page
    assert 'aria-label="Tries of the last day: 900 delivered, 300 failed"' in page
    assert page.count('<rect class="segment') == 3
    assert "1.8 s" in page
    listed = owner.get("/webhooks").text
    assert "75%" in listed
    assert "of 1,200 tries" in listed


def test_where_nothing_answered_no_time_is_drawn(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    make_minute(webhook, datetime.now(UTC), 3, 3, unanswered=3)
    page = owner.get(f"/webhooks/{webhook.id}").text
    assert "It has not answered." in page
    assert "webhook-speed" not in page


def test_the_log_is_filtered_and_paged(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id, events=["group_created"])
    path = f"/webhooks/{webhook.id}"
    assert "Nothing was posted yet" in owner.get(path).text
    logs = [make_log(webhook, "succeeded", event="group_created") for _ in range(51)]
    failed = make_log(webhook, "failed", event="contact_deleted")
    first = owner.get(path).text
    assert first.count('<tr id="log-') == 50
    older = re.search(rf'href="({path}\?older=[^"]+)"', first)
    assert older
    second = owner.get(older[1]).text
    assert [f'id="log-{log.id}"' in second for log in (logs[0], logs[1], logs[2])] == [True, True, False]
    for query in (
        "outcome=failed",
        "event=contact_deleted",
        "outcome=failed&event=contact_deleted&since=hour",
    ):
        page = owner.get(f"{path}?{query}").text
        assert page.count('<tr id="log-') == 1, query
        assert str(failed.id) in page
    assert "No entry like this" in owner.get(f"{path}?outcome=waiting").text
    assert (
        "outcome=succeeded"
        in re.findall(r'href="([^"]+older=[^"]+)"', owner.get(f"{path}?outcome=succeeded").text)[0]
    )


def test_the_log_says_whom_and_what_each_entry_is_about(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id, events=["group_created"])
    for about in ({"name": "<i>Guests</i>"}, {"name": "", "phoneNumber": "+4915112345678"}, {"id": "x"}):
        make_log(webhook, event="contact_created", payload={"payload": about})
    found = re.findall(r'<span class="log-subject">(.*?)</span>', owner.get(f"/webhooks/{webhook.id}").text)
    assert found == ["+4915112345678", "&lt;i&gt;Guests&lt;/i&gt;"]


def test_an_entry_shows_what_was_sent_and_answered_with_every_try(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed", payload={"type": "contact_created", "payload": {"name": "<b>São</b>"}})
    headers = {"webhook-id": "0198", "webhook-signature": "v1,…"}
    make_attempt(
        log,
        1,
        request_headers=headers,
        response="<script>alert(1)</script>",
        error_message="The receiver asks to wait.",
    )
    make_attempt(log, 2, status_code=None, response=None, duration_ms=15_000, completed_at=db.func.now())
    page = owner.get(f"/webhooks/{webhook.id}/log/{log.id}").text
    for seen in ("Try 1", "Try 2", "15 s", "The receiver asks to wait.", "webhook-id: 0198", "There was no answer.",
                 "&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;b&gt;São&lt;/b&gt;"):  # fmt: skip
        assert seen in page, seen
    assert "<script>alert" not in page


def test_of_a_long_body_an_entry_shows_twenty_kilobytes(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, payload={"type": "contact_created", "payload": {"name": "é" * 20_000}})
    page = owner.get(f"/webhooks/{webhook.id}/log/{log.id}").text
    assert "Body, at most 20 KB" in page
    assert 20_000 < 2 * page.count("é") < 20 * 1024


def test_an_entry_looks_again_by_itself_only_while_a_try_is_due(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    for outcome, looks in (("pending", True), ("retrying", False), ("failed", False), ("succeeded", False)):
        log = make_log(webhook, outcome)
        path = f"/webhooks/{webhook.id}/log/{log.id}"
        assert (f'hx-get="{path}/tries"' in owner.get(path).text) is looks, outcome
        fragment = owner.get(f"{path}/tries", htmx=True).text
        assert fragment.count('id="log-tries"') == 1
        assert "<html" not in fragment


def test_the_next_try_is_not_before_the_rest_ends_and_a_test_has_none(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhook.rests_until = datetime(2037, 5, 6, 7, 8, 9, tzinfo=UTC)
    log = make_log(webhook, "retrying")
    path = f"/webhooks/{webhook.id}"
    assert "Next try: 6 May, 07:08:09" in owner.get(path).text
    assert "Next try: 6 May, 07:08:09" in owner.get(f"{path}/log/{log.id}").text
    log.event = "webhook_tested"
    db.session.commit()
    assert "Next try" not in owner.get(path).text
    assert "Next try" not in owner.get(f"{path}/log/{log.id}").text


def test_one_is_posted_again_from_its_entry(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed")
    path = f"/webhooks/{webhook.id}/log/{log.id}"
    answer = owner.post(f"{path}/replay")
    assert answer.headers["Location"] == path
    assert "The event is posted again." in owner.get(path).text
    db.session.expire_all()
    assert webhook_logs.outcome(log) == "retrying"
    assert owner.post(f"{path}/replay").headers["Location"] == f"/webhooks/{webhook.id}"
    assert "on its way already" in owner.get(f"/webhooks/{webhook.id}").text


def test_all_failures_are_posted_again_after_their_number_was_confirmed(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    failed = [make_log(webhook, "failed") for _ in range(3)]
    path = f"/webhooks/{webhook.id}"
    asked = owner.get(f"{path}/replay?since=hour").text
    assert "Post 3 events again" in asked
    since = re.search(r'name="since" value="(\d+)"', asked)
    assert since
    assert owner.post(f"{path}/replay", {"since": since[1]}).headers["Location"] == path
    assert "3 events are posted again." in owner.get(path).text
    db.session.expire_all()
    assert all(webhook_logs.outcome(log) == "retrying" for log in failed)
    assert "<strong>0</strong>" in owner.get(f"{path}/replay").text


def test_all_that_waits_is_posted_now_and_a_press_in_the_list_leads_back_to_it(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    path = f"/webhooks/{webhook.id}"
    assert "Post what waits now" not in owner.get(path).text
    log = make_log(webhook, "retrying")
    listed = owner.get(f"{path}?outcome=waiting").text
    assert f'name="back" value="{path}?outcome=waiting"' in listed
    back = {"back": f"{path}?outcome=waiting"}
    assert owner.post(f"{path}/log/{log.id}/replay", back).location == back["back"]
    log = make_log(webhook, "retrying")
    elsewhere = owner.post(f"{path}/log/{log.id}/replay", {"back": "https://evil.example"})
    assert elsewhere.location == f"{path}/log/{log.id}"
    make_log(webhook, "retrying")
    assert owner.post(f"{path}/waiting").location == path
    assert "3 events are posted now" in owner.get(path).text


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 40, "٣"])
def test_a_moment_that_is_none_posts_nothing_again(owner: Person, since: str) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed")
    assert owner.post(f"/webhooks/{webhook.id}/replay", {"since": since}).status_code == 303
    assert "Nothing had failed" in owner.get(f"/webhooks/{webhook.id}").text
    db.session.expire_all()
    assert log.completed_at is not None
