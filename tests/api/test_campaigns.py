"""Campaigns through the JSON door: drafted, changed, started, and who got them."""

import csv
import io
from typing import Any

import pytest

from tests.again import settle_each
from tests.api.caller import Caller
from tests.builders import make_contact, make_group
from tests.callbacks import make_running
from tests.campaigning import make_instance
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.sending import plan


@pytest.fixture
def draft(caller: Caller) -> dict[str, Any]:
    """What makes a campaign to one group of two."""
    group = make_group(
        caller.tenant_id, "All", make_contact(caller.tenant_id), make_contact(caller.tenant_id)
    )
    return {
        "name": "Q1 Promotion",
        "whatsappInstanceId": str(make_instance(caller.tenant_id).id),
        "message": "Hello {{name}}!",
        "recipientType": "groups",
        "recipientIds": [str(group.id)],
    }


def test_a_draft_is_made_changed_in_parts_and_started(caller: Caller, draft: dict[str, Any]) -> None:
    made = caller.post("/campaigns", draft)
    assert made | {name: draft[name] for name in draft} == made
    assert (made["status"], made["totalRecipients"]) == ("draft", 0)
    address = f"/campaigns/{made['id']}"
    changed = caller.ask("PATCH", address, {"name": "Spring"}).json
    assert (changed["name"], changed["message"], changed["recipientIds"]) == (
        "Spring",
        draft["message"],
        draft["recipientIds"],
    )
    started = caller.post(f"{address}/start")
    assert started["status"] == "preparing"
    assert caller.error("POST", f"{address}/start")[:2] == (409, "conflict")
    assert caller.error("DELETE", address)[:2] == (409, "conflict")
    assert caller.error("PATCH", address, {"name": "x"})[:2] == (409, "conflict")
    assert caller.post(f"{address}/cancel")["status"] == "cancelled"


def test_recipients_are_told_in_the_order_of_sending(caller: Caller, draft: dict[str, Any]) -> None:
    made = caller.post("/campaigns", draft)
    address = f"/campaigns/{made['id']}"
    caller.post(f"{address}/start")
    plan.plan(caller.tenant_id, db.session.get_one(Campaign, (caller.tenant_id, made["id"])).id)
    act_for(caller.tenant_id)
    first = caller.get(f"{address}/recipients", limit=1)
    second = caller.get(f"{address}/recipients", limit=1, cursor=first["nextCursor"])
    assert [one["status"] for one in first["items"] + second["items"]] == ["pending", "pending"]
    assert first["items"] != second["items"]
    assert second["nextCursor"] is None
    assert caller.get(f"{address}/recipients", status="read")["items"] == []
    assert caller.error("GET", f"{address}/recipients?cursor=५")[0] == 422
    assert len(caller.get(f"{address}/recipients", status="pending")["items"]) == 2
    file = caller.ask("GET", f"{address}/recipients.csv")
    assert file.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [row["phoneNumber"] for row in rows] == [
        one["phoneNumber"] for one in first["items"] + second["items"]
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"scheduledAt": "2020-01-01T00:00:00Z"}, (422, "invalid", "scheduledAt")),
        ({"scheduledAt": "2027-02-30T00:00:00Z"}, (422, "invalid", "scheduledAt")),
        ({"scheduledAt": "tomorrow"}, (422, "wrong_shape", "scheduledAt")),
        ({"scheduledAt": "2027-03-02T09:30:00", "timeZone": "Mars"}, (422, "invalid", "timeZone")),
        ({"recipientType": "nobody"}, (422, "wrong_shape", "recipientType")),
        ({"recipientIds": []}, (422, "invalid", "recipientIds")),
        ({"message": "Hi {{name"}, (422, "invalid", "message")),
        ({"status": "completed"}, (422, "wrong_shape", "status")),
        ({"totalRecipients": 5}, (422, "wrong_shape", "totalRecipients")),
    ],
)
def test_nonsense_is_said_beside_its_field(
    caller: Caller, draft: dict[str, Any], change: dict[str, Any], problem: tuple[int, str, str]
) -> None:
    assert caller.error("POST", "/campaigns", draft | change) == problem


def test_a_time_is_an_instant_or_a_clock_in_a_zone(caller: Caller, draft: dict[str, Any]) -> None:
    clock = {"scheduledAt": "2027-03-02T09:30:00", "timeZone": "Europe/Berlin"}
    made = caller.post("/campaigns", draft | clock)
    assert made["scheduledAt"] == "2027-03-02T08:30:00+00:00"
    assert caller.post(f"/campaigns/{made['id']}/start")["status"] == "scheduled"
    assert caller.post(f"/campaigns/{made['id']}/unschedule")["status"] == "draft"
    now = caller.ask("PATCH", f"/campaigns/{made['id']}", {"scheduledAt": None})
    assert now.json["scheduledAt"] is None


def test_a_campaign_that_would_reach_nobody_is_not_started(caller: Caller, draft: dict[str, Any]) -> None:
    empty = make_group(caller.tenant_id, "Nobody")
    made = caller.post("/campaigns", draft | {"recipientIds": [str(empty.id)]})
    assert caller.error("POST", f"/campaigns/{made['id']}/start") == (422, "invalid", "recipientIds")


def test_part_of_an_audience_can_be_changed(caller: Caller, draft: dict[str, Any]) -> None:
    made = caller.post("/campaigns", draft)
    other = make_group(caller.tenant_id, "Others")
    changed = caller.ask("PATCH", f"/campaigns/{made['id']}", {"recipientIds": [str(other.id)]}).json
    assert (changed["recipientType"], changed["recipientIds"]) == ("groups", [str(other.id)])


def test_a_draft_tells_whom_it_would_reach_and_whom_it_leaves_out(
    caller: Caller, draft: dict[str, Any]
) -> None:
    group = make_group(
        caller.tenant_id,
        "Mixed",
        make_contact(caller.tenant_id),
        make_contact(caller.tenant_id, is_active=False),
    )
    made = caller.post("/campaigns", draft | {"recipientIds": [str(group.id), *draft["recipientIds"]]})
    reach = caller.get(f"/campaigns/{made['id']}/reach")
    assert reach == {"reached": 3, "recent": 0, "leftOut": {"inactive": 1}}


@pytest.fixture
def sent(caller: Caller) -> str:
    """The address of a campaign to seven, of whom some failed and of two nobody knows."""
    campaign, _ = make_running(caller.tenant_id, 7)
    settle_each(campaign, accepted=1, failed_131000=2, failed_131026=1, failed_131049=1, uncertain=2)
    return f"/campaigns/{campaign.id}"


def test_the_failed_are_sent_again_for_the_reasons_that_are_named(caller: Caller, sent: str) -> None:
    failures = {one["code"]: one for one in caller.get(f"{sent}/failures")["items"]}
    assert {code: (one["count"], one["later"], one["isPromising"]) for code, one in failures.items()} == {
        131000: (2, 0, True),
        131026: (1, 0, False),
        131049: (0, 1, True),
    }
    assert failures[131049]["dueAt"]
    assert failures[131000]["happened"]
    for codes in ([131049], [999], [-1], [10**30]):
        assert caller.error("POST", f"{sent}/retry-failed", {"codes": codes}) == (422, "invalid", "codes")
    again = caller.post(f"{sent}/retry-failed", {"codes": [131000, 131026]})
    assert (again["people"], again["campaign"]["status"]) == (3, "running")
    assert caller.error("POST", f"{sent}/retry-failed", {"codes": [131000]})[0] == 409


def test_the_uncertain_are_sent_again_when_their_number_is_confirmed(caller: Caller, sent: str) -> None:
    count = caller.get(sent)["uncertainCount"]
    wrong = {"uncertainCount": count + 1}
    assert caller.error("POST", f"{sent}/resend-uncertain", wrong) == (422, "invalid", "uncertainCount")
    assert caller.post(f"{sent}/resend-uncertain", {"uncertainCount": count})["people"] == 2
