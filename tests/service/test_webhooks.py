"""What a tenant may do with its webhooks, and what is told and written down of it."""

import base64
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.people import Person
from tests.webhooks import URL, make_log, make_webhook
from webapp import broker, vault
from webapp.db import db
from webapp.domain import ids
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.events import WEBHOOK_EVENTS
from webapp.models.audit_log import AuditEntry
from webapp.models.events import Event
from webapp.models.webhooks import Webhook, WebhookLog
from webapp.services import webhook_logs, webhook_secrets, webhooks


def told(person: Person) -> list[str]:
    return list(db.session.scalars(db.select(Event.type).order_by(Event.sequence)))


def audited(person: Person) -> list[str]:
    query = AuditEntry.of(person.tenant_id).where(AuditEntry.action.startswith("webhook"))
    return [entry.action for entry in db.session.scalars(query.order_by(AuditEntry.id))]


def again(webhook: Webhook) -> Webhook:
    return db.session.get_one(Webhook, (webhook.tenant_id, webhook.id), populate_existing=True)


def logs_of(webhook: Webhook) -> list[WebhookLog]:
    return webhook_logs.listed(webhook.tenant_id, webhook.id).items


def test_each_change_is_told_once_and_written_down(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    me = {"user_id": owner.user_id}
    webhooks.update(owner.tenant_id, webhook.id, name="Till", **me)
    webhooks.pause(owner.tenant_id, webhook.id, **me)
    webhooks.resume(owner.tenant_id, webhook.id, **me)
    webhooks.regenerate_secret(owner.tenant_id, webhook.id, **me)
    webhooks.remove(owner.tenant_id, webhook.id, **me)
    webhooks.restore(owner.tenant_id, webhook.id, **me)
    assert told(owner) == [
        "webhook_created", *["webhook_updated"] * 4, "webhook_deleted", "webhook_created",
    ]  # fmt: skip
    assert audited(owner) == [
        "webhook_added", "webhook_changed", "webhook_paused", "webhook_resumed", "webhook_secret_replaced",
        "webhook_removed", "webhook_restored",
    ]  # fmt: skip


def test_no_webhook_hears_of_its_own_making(owner: Person) -> None:
    first = make_webhook(owner.tenant_id)
    second = make_webhook(owner.tenant_id)
    webhooks.remove(owner.tenant_id, second.id)
    webhooks.restore(owner.tenant_id, second.id)
    assert [log.event for log in logs_of(first)] == ["webhook_created", "webhook_deleted", "webhook_created"]
    assert logs_of(second) == []


def test_what_changes_nothing_is_not_told(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhooks.update(owner.tenant_id, webhook.id, name=webhook.name, url=webhook.url, is_active=True)
    assert told(owner) == ["webhook_created"]
    assert audited(owner) == ["webhook_added"]


@pytest.mark.parametrize("way", ["resumed", "updated", "restored"])
def test_delivery_is_woken_when_a_webhook_may_go_on(owner: Person, way: str) -> None:
    webhook = make_webhook(owner.tenant_id, is_active=way == "restored")
    if way == "restored":
        webhooks.remove(owner.tenant_id, webhook.id)
    broker.answered("deliver_webhooks")
    go_on = {
        "resumed": lambda: webhooks.resume(owner.tenant_id, webhook.id),
        "updated": lambda: webhooks.update(owner.tenant_id, webhook.id, is_active=True),
        "restored": lambda: webhooks.restore(owner.tenant_id, webhook.id),
    }[way]
    go_on()
    assert broker.redis().exists("bell:deliver_webhooks")


def test_no_event_and_no_row_holds_the_secret(owner: Person) -> None:
    webhook, secret = webhooks.create(owner.tenant_id, name="Shop", url=URL)
    for event in db.session.scalars(Event.of(owner.tenant_id)):
        assert secret not in str(event.payload)
        assert "secret" not in event.payload
    assert secret not in again(webhook).secret


def test_a_secret_is_32_random_bytes_of_its_own_row(owner: Person) -> None:
    (one, first), (_two, second) = (webhooks.create(owner.tenant_id, name=n, url=URL) for n in "ab")
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32
    assert first != second
    one.secret = _two.secret
    with pytest.raises(vault.Unreadable):
        webhook_secrets.open_secret(one)


def test_the_old_secret_signs_beside_the_new_one_for_a_day(owner: Person) -> None:
    webhook, old = webhooks.create(owner.tenant_id, name="Shop", url=URL)
    assert webhook_secrets.signing_secrets(webhook) == [old]
    _, new = webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    webhook = again(webhook)
    assert webhook_secrets.signing_secrets(webhook) == [new, old]
    assert webhook.previous_secret_until is not None
    left = webhook.previous_secret_until - datetime.now(UTC)
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    webhook.previous_secret_until = datetime.now(UTC)
    assert webhook_secrets.signing_secrets(webhook) == [new]


def test_a_secret_that_was_promised_to_sign_is_not_dropped_for_a_third(owner: Person) -> None:
    webhook, old = webhooks.create(owner.tenant_id, name="Shop", url=URL)
    _, new = webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    with pytest.raises(Conflict, match=r"^Until 20\d\d-.* two secrets sign"):
        webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    assert webhook_secrets.signing_secrets(again(webhook)) == [new, old]
    webhooks.end_old_secret(owner.tenant_id, webhook.id)
    assert webhook_secrets.signing_secrets(again(webhook)) == [new]
    with pytest.raises(Conflict, match="Only one secret signs"):
        webhooks.end_old_secret(owner.tenant_id, webhook.id)
    _, third = webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    assert webhook_secrets.signing_secrets(again(webhook)) == [third, new]


def test_while_nothing_signs_another_secret_is_made_at_once(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    webhook.secret = "gone:" + webhook.secret.partition(":")[2]
    db.session.commit()
    _, secret = webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    assert webhook_secrets.signing_secrets(again(webhook)) == [secret]


def test_whoever_sees_a_secret_again_is_written_down(owner: Person) -> None:
    webhook, secret = webhooks.create(owner.tenant_id, name="Shop", url=URL)
    assert webhooks.reveal_secret(owner.tenant_id, webhook.id, user_id=owner.user_id) == (webhook, secret)
    entry = db.session.scalars(
        AuditEntry.of(owner.tenant_id).where(AuditEntry.action == "webhook_secret_shown")
    ).one()
    assert (entry.user_id, entry.object_id) == (owner.user_id, webhook.id)


def test_a_secret_whose_key_is_gone_can_be_replaced(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhook.secret = "gone:" + webhook.secret.partition(":")[2]
    db.session.commit()
    with pytest.raises(Conflict, match="Make a new one"):
        webhooks.reveal_secret(owner.tenant_id, webhook.id, user_id=owner.user_id)
    _, secret = webhooks.regenerate_secret(owner.tenant_id, webhook.id)
    assert webhook_secrets.signing_secrets(again(webhook)) == [secret]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://10.0.0.1/hook", "private network"),
        ("https://192.168.1.1/", "private network"),
        ("https://[::1]/", "private network"),
        ("https://[::ffff:10.0.0.1]/", "private network"),
        ("https://0x0a000001/", "private network"),
        ("https://167772161/", "private network"),
        ("https://012.0.0.1/", "private network"),
        ("https://１０.0.0.1/", "private network"),
        ("https://100.64.0.1/", "private network"),
        ("https://localhost/", "private network"),
        ("https://shop.localhost./", "private network"),
        ("https://printer.local/", "private network"),
        ("https://till/", "private network"),
        ("https://nas.home.arpa/", "private network"),
        ("http://169.254.169.254/latest", "never called"),
        ("https://metadata.google.internal/", "never called"),
        ("http://hooks.example.com/", "https://"),
        ("https://hooks.example.com:444/", "443 and 8443"),
        ("https://me:secret@hooks.example.com/", "name or a password"),
        ("ftp://hooks.example.com/", "starts with https"),
        ("javascript:alert(1)", "starts with https"),
        ("hooks.example.com", "starts with https"),
        ("", "empty"),
        ("https://hooks.example.com/" + "a" * 2048, "at most|not an address"),
        ("https://[fe80::1%25eth0]/", "can not be read"),
    ],
)  # fmt: skip
def test_an_address_that_is_not_called_is_refused_beside_its_field(owner: Person, url: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        make_webhook(owner.tenant_id, url=url)
    assert refused.value.field == "url"
    assert told(owner) == []


def test_an_address_that_the_operator_allows_is_taken(owner: Person) -> None:
    for url in ("http://127.0.0.1:9000/hook", "http://receiver:9000/", "http://localhost:2000/"):
        assert make_webhook(owner.tenant_id, url=url).url == url
    with pytest.raises(Invalid):
        make_webhook(owner.tenant_id, url="http://10.0.0.1:9000/")


def test_an_address_is_kept_in_its_one_true_spelling(owner: Person) -> None:
    webhook = make_webhook(
        owner.tenant_id, url="  HTTPS://Hooks.Exämple.com:443/a b?x=1#end ".replace(" b", "b")
    )
    assert webhook.url == "https://hooks.xn--exmple-cua.com/ab?x=1"


def test_events_are_kept_once_in_the_order_of_the_catalogue_and_none_means_all(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id, events=["group_created", "contact_created", "group_created"])
    assert webhook.events == ["contact_created", "group_created"]
    assert make_webhook(owner.tenant_id).events == []
    for wrong in ("webhook_triggered", "campaign_progressed", "no_such_event"):
        with pytest.raises(Invalid, match=wrong):
            make_webhook(owner.tenant_id, events=[wrong])
    assert len(make_webhook(owner.tenant_id, events=WEBHOOK_EVENTS).events) == len(WEBHOOK_EVENTS)


def test_a_tenant_has_a_most_of_webhooks(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MOST", 2)
    first, _ = make_webhook(owner.tenant_id), make_webhook(owner.tenant_id)
    with pytest.raises(Invalid, match="2 webhooks already"):
        make_webhook(owner.tenant_id)
    webhooks.remove(owner.tenant_id, first.id)
    make_webhook(owner.tenant_id)
    with pytest.raises(Conflict, match="2 webhooks already"):
        webhooks.restore(owner.tenant_id, first.id)


def test_a_strangers_webhook_is_not_there(owner: Person, stranger: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed")
    theirs = stranger.tenant_id
    for act in (webhooks.get, webhooks.update, webhooks.pause, webhooks.resume, webhooks.remove, webhooks.restore,
                webhooks.regenerate_secret, webhooks.end_old_secret, webhooks.send_test):  # fmt: skip
        with pytest.raises(NotFound):
            act(theirs, webhook.id)  # type: ignore[operator]
    for read in (webhook_logs.get, webhook_logs.replay):
        with pytest.raises(NotFound):
            read(theirs, webhook.id, log.id)  # type: ignore[operator]


def test_a_test_is_an_entry_of_the_log_that_is_due_at_once(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    before = {log.id for log in logs_of(webhook)}
    log = webhooks.send_test(owner.tenant_id, webhook.id, user_id=owner.user_id)
    assert {entry.id for entry in logs_of(webhook)} - before == {log.id}
    entry = webhook_logs.get(owner.tenant_id, webhook.id, log.id).log
    assert (entry.event, entry.event_id, webhook_logs.outcome(entry)) == ("webhook_tested", None, "pending")
    assert set(entry.payload) == {"id", "type", "timestamp", "tenantId", "sequence", "payload"}
    assert entry.payload["id"] == str(log.id)
    assert entry.next_attempt_at is not None


def test_nobody_tests_without_end_or_while_nothing_is_posted(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    for _ in range(webhooks.MOST_TESTS_A_MINUTE):
        webhooks.send_test(owner.tenant_id, webhook.id)
    with pytest.raises(Conflict, match="Wait a minute"):
        webhooks.send_test(owner.tenant_id, webhook.id)
    webhooks.pause(owner.tenant_id, webhook.id)
    with pytest.raises(Conflict, match="stopped"):
        webhooks.send_test(owner.tenant_id, webhook.id)


def test_one_that_was_switched_off_comes_back_without_its_past(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhook.is_active, webhook.disabled_reason = False, "gone"
    webhook.disabled_at = webhook.failing_since = webhook.rests_until = datetime.now(UTC)
    webhook.rest_count = 7
    db.session.commit()
    assert webhooks.state(webhook) == "disabled"
    webhooks.resume(owner.tenant_id, webhook.id)
    back = again(webhook)
    assert webhooks.state(back) == "active"
    assert (back.disabled_reason, back.disabled_at, back.failing_since, back.rest_count) == (
        None,
        None,
        None,
        0,
    )
    assert back.rests_until is not None
    assert back.rests_until < datetime.now(UTC), "what was before that moment is not held against it"


def test_a_new_address_does_not_pay_for_the_failures_of_the_old_one(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhook.failing_since, webhook.rests_until = datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1)
    webhook.rest_count = 7
    db.session.commit()
    webhooks.update(owner.tenant_id, webhook.id, name="Orders")
    assert again(webhook).rest_count == 7
    webhooks.update(owner.tenant_id, webhook.id, url="https://hooks.example.org/mended")
    back = again(webhook)
    assert (back.failing_since, back.rest_count, webhooks.state(back)) == (None, 0, "active")


def test_an_update_may_pause_and_resume(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    webhooks.update(owner.tenant_id, webhook.id, is_active=False)
    assert webhooks.state(again(webhook)) == "inactive"
    webhooks.update(owner.tenant_id, webhook.id, is_active=True)
    assert webhooks.state(again(webhook)) == "active"
    with pytest.raises(Invalid):
        webhooks.update(owner.tenant_id, webhook.id, is_active="yes")


def test_the_log_is_filtered_by_what_came_of_it(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    made = [make_log(webhook, outcome) for outcome in ("pending", "retrying", "succeeded", "failed")]
    assert [webhook_logs.outcome(log) for log in made] == ["pending", "retrying", "succeeded", "failed"]
    found = {}
    for outcome in webhook_logs.OUTCOMES:
        filters = webhook_logs.Filters(outcome=outcome, event="contact_created")
        found[outcome] = {log.id for log in webhook_logs.listed(owner.tenant_id, webhook.id, filters).items}
    ids = [log.id for log in made]
    assert found == {"waiting": set(ids[:2]), "succeeded": {ids[2]}, "failed": {ids[3]}}


def test_the_log_is_filtered_by_event_and_time(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id, events=["group_deleted"])
    make_log(webhook)
    other = make_log(webhook, event="group_created")
    query = webhook_logs.Filters(event="group_created")
    assert [log.id for log in webhook_logs.listed(owner.tenant_id, webhook.id, query).items] == [other.id]
    soon = webhook_logs.Filters(since=datetime.now(UTC) + timedelta(seconds=1))
    assert webhook_logs.listed(owner.tenant_id, webhook.id, soon).items == []


def test_a_replay_is_due_at_once_and_begins_a_new_round(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed", event_id=uuid.uuid4(), failed_count=10)
    event_id = log.event_id
    webhook_logs.replay(owner.tenant_id, webhook.id, log.id, user_id=owner.user_id)
    entry = webhook_logs.get(owner.tenant_id, webhook.id, log.id).log
    assert webhook_logs.outcome(entry) == "retrying"
    assert (entry.event_id, entry.attempt_count, entry.failed_count) == (event_id, 10, 0)
    assert entry.next_attempt_at is not None
    assert entry.next_attempt_at <= datetime.now(UTC) + timedelta(seconds=1)
    assert "webhook_replayed" in audited(owner)
    with pytest.raises(Conflict, match="on its way"):
        webhook_logs.replay(owner.tenant_id, webhook.id, log.id)


def test_one_that_waits_long_may_be_tried_now_and_one_under_way_may_not(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    waiting, fresh = make_log(webhook, "retrying"), make_log(webhook, "pending")
    webhook_logs.replay(owner.tenant_id, webhook.id, waiting.id)
    with pytest.raises(Conflict):
        webhook_logs.replay(owner.tenant_id, webhook.id, fresh.id)


def test_all_that_failed_since_a_moment_is_posted_again_and_nothing_else(owner: Person) -> None:
    webhook, other = make_webhook(owner.tenant_id), make_webhook(owner.tenant_id)
    now = datetime.now(UTC)
    hour_ago, told = now - timedelta(hours=1), {"id": ids.least_at(now - timedelta(days=4))}
    early = make_log(webhook, "failed", completed_at=now - timedelta(hours=2))
    failed = [make_log(webhook, "failed", **more) for more in ({}, {}, told)]
    kept = [make_log(webhook, "succeeded"), make_log(webhook, "retrying"), make_log(other, "failed"),
            make_log(webhook, "failed", event="webhook_tested")]  # fmt: skip
    assert webhook_logs.failed_since(owner.tenant_id, webhook.id, hour_ago) == 3
    marks = {log.id: log.updated_at for log in [early, *kept]}
    assert webhook_logs.replay_failed(owner.tenant_id, webhook.id, hour_ago, user_id=owner.user_id) == 3
    db.session.expire_all()
    assert all(log.completed_at is None for log in failed)
    assert {log.id: log.updated_at for log in [early, *kept]} == marks
    entry = db.session.scalars(
        AuditEntry.of(owner.tenant_id).where(AuditEntry.action == "webhook_failures_replayed")
    ).one()
    assert entry.details["count"] == 3


def test_one_click_posts_a_bounded_number_again_the_oldest_first(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_logs, "MOST_REPLAYED", 2)
    webhook = make_webhook(owner.tenant_id)
    failed = [make_log(webhook, "failed") for _ in range(4)]
    ago = datetime.now(UTC) - timedelta(hours=1)
    assert webhook_logs.failed_since(owner.tenant_id, webhook.id, ago) == 3
    assert webhook_logs.replay_failed(owner.tenant_id, webhook.id, ago) == 2
    db.session.expire_all()
    assert [log.completed_at is None for log in failed] == [True, True, False, False]


def test_what_is_older_than_two_weeks_is_not_posted_again_with_the_rest(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    make_log(webhook, "failed", id=uuid.UUID("01900000-0000-7000-8000-000000000000"))
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert webhook_logs.failed_since(owner.tenant_id, webhook.id, long_ago) == 0
    assert webhook_logs.replay_failed(owner.tenant_id, webhook.id, long_ago) == 0


def test_nothing_is_replayed_while_nothing_is_posted(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    log = make_log(webhook, "failed")
    webhooks.pause(owner.tenant_id, webhook.id)
    with pytest.raises(Conflict):
        webhook_logs.replay(owner.tenant_id, webhook.id, log.id)
    with pytest.raises(Conflict):
        webhook_logs.replay_failed(owner.tenant_id, webhook.id, datetime.now(UTC) - timedelta(days=1))


def test_what_a_person_wants_posted_now_does_not_wait_for_the_rest_after_failures(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    failed = make_log(webhook, "failed")
    later = datetime.now(UTC) + timedelta(hours=1)
    ago = datetime.now(UTC) - timedelta(days=1)
    acts = (
        lambda: webhook_logs.replay(owner.tenant_id, webhook.id, failed.id),
        lambda: webhook_logs.replay_failed(owner.tenant_id, webhook.id, ago),
    )
    for act in acts:
        resting = again(webhook)
        resting.rests_until, resting.rest_count = later, 3
        db.session.commit()
        act()
        awake = again(webhook)
        assert (webhooks.state(awake), awake.rest_count) == ("active", 3)


def test_a_test_goes_before_all_that_waits(owner: Person) -> None:
    webhook = make_webhook(owner.tenant_id)
    waiting = make_log(webhook, "pending")
    test = webhooks.send_test(owner.tenant_id, webhook.id)
    due = {log.id: log.next_attempt_at for log in logs_of(webhook)}
    assert due[test.id] < due[waiting.id]  # type: ignore[operator]
