"""Webhooks through the JSON door: what was posted, its tries, and what is posted once more."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.api.caller import Caller, make_caller
from tests.webhooks import make_attempt, make_log, make_webhook
from webapp.models.webhooks import Webhook


@pytest.fixture
def webhook(caller: Caller) -> Webhook:
    return make_webhook(caller.tenant_id)


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_one_event_is_posted_once_more(caller: Caller, webhook: Webhook) -> None:
    log = make_log(webhook, "failed")
    address = f"/webhooks/{webhook.id}"
    again = caller.ask("POST", f"{address}/replay", {"logId": str(log.id)})
    assert again.status_code == 202
    assert (again.json["id"], again.json["completedAt"]) == (str(log.id), None)
    assert again.json in caller.get(f"{address}/logs", status="waiting")["items"]
    assert caller.error("POST", f"{address}/replay", {"logId": str(log.id)})[:2] == (409, "conflict")
    assert caller.error("POST", f"{address}/replay", {"logId": str(uuid.uuid4())})[:2] == (404, "not_found")


def test_everything_that_failed_since_a_moment_is_posted_once_more(caller: Caller, webhook: Webhook) -> None:
    address = f"/webhooks/{webhook.id}"
    for outcome in ("failed", "failed", "succeeded"):
        make_log(webhook, outcome)
    assert len(caller.get(f"{address}/logs", since=ago(hours=1), status="failed")["items"]) == 2
    assert caller.get(f"{address}/logs", since=ago(hours=-1))["items"] == []
    assert caller.post(f"{address}/replay-failed", {"since": ago(hours=-1)}) == {"replayed": 0}
    assert caller.post(f"{address}/replay-failed", {"since": ago(hours=1)}) == {"replayed": 2}
    assert caller.post(f"{address}/replay-failed", {"since": ago(hours=1)}) == {"replayed": 0}


@pytest.mark.parametrize("since", ["yesterday", "2026-03-02T09:30:00", "0001-01-01T00:00:00+14:00", 5, None])
def test_a_moment_is_an_instant_that_there_is(caller: Caller, webhook: Webhook, since: object) -> None:
    place = f"/webhooks/{webhook.id}/replay-failed"
    assert caller.error("POST", place, {"since": since}) == (422, "wrong_shape", "since")
    assert caller.error("POST", place, {"since": "2026-02-30T09:30:00Z"}) == (422, "invalid", "since")


def test_an_entry_tells_its_tries(caller: Caller, webhook: Webhook) -> None:
    log = make_log(webhook, "failed")
    make_attempt(log, 1)
    make_attempt(log, 2)
    tries = caller.get(f"/webhooks/{webhook.id}/tries", logId=str(log.id))["items"]
    assert [(one["number"], one["statusCode"], one["response"]) for one in tries] == [
        (1, 500, "out of order"),
        (2, 500, "out of order"),
    ]
    assert caller.error("GET", f"/webhooks/{webhook.id}/tries?logId={uuid.uuid4()}")[0] == 404
    assert caller.error("GET", f"/webhooks/{webhook.id}/tries")[::2] == (422, "logId")


def test_what_was_posted_is_told_only_to_those_who_may_hear_of_events(
    app: Flask, caller: Caller, webhook: Webhook
) -> None:
    log = make_log(webhook, "failed", payload={"phoneNumber": "+1234567890"}, response="no +1234567890 here")
    make_attempt(log, response="no +1234567890 here")
    reader = make_caller(app, caller.tenant_id, "webhooks:read", "webhooks:write")
    address = f"/webhooks/{webhook.id}"
    for read in (f"{address}/logs", f"{address}/tries?logId={log.id}"):
        assert "+1234567890" in caller.ask("GET", read).text
        assert "+1234567890" not in reader.ask("GET", read).text
    (entry,) = reader.get(f"{address}/logs", status="failed")["items"]
    assert (entry["payload"], entry["response"], entry["statusCode"]) == (None, None, 500)
    assert reader.post(f"{address}/replay", {"logId": str(log.id)})["payload"] is None
