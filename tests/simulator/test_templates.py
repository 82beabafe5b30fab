"""Message templates: listed by pages, created, paused with a callback, deleted."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.cloud import example
from tests.simulator.rig import Simulator, body, new_id, template
from tests.simulator.sink import Sink


def listed(simulator: Simulator, account: str, query: str = "") -> list[dict[str, Any]]:
    return list(simulator.ask("GET", f"/v23.0/{account}/message_templates?{query}").json["data"])


def definition(name: str, text: str = "Hi {{1}}, good news.", **more: Any) -> dict[str, Any]:
    component = {"type": "body", "text": text, "example": {"body_text": [["Dana"]]}}
    return {"name": name, "language": "en_US", "category": "MARKETING", "components": [component], **more}


@pytest.fixture
def account(simulator: Simulator, sink: Sink) -> str:
    """An account with one number, whose callbacks go to a path of its own."""
    account_id = new_id()
    simulator.tell(account_id + "0", businessAccountId=account_id, url=sink.url(f"/{account_id}"))
    return account_id


def test_pages_follow_each_other_until_there_is_no_next(simulator: Simulator) -> None:
    account, names, query = new_id(), [], "limit=3&fields=name,status"
    for _ in range(10):
        page = simulator.ask("GET", f"/v23.0/{account}/message_templates?{query}").json
        names += [(row["name"], row["id"]) for row in page["data"]]
        if "next" not in page["paging"]:
            break
        assert len(page["data"]) == 3
        after = page["paging"]["cursors"]["after"]
        next_page = f"http://127.0.0.1:{simulator.port}/v23.0/{account}/message_templates?"
        assert page["paging"]["next"].startswith(next_page)
        assert f"after={quote(after)}" in page["paging"]["next"]
        query = f"limit=3&fields=name,status&after={after}"
    assert len(set(names)) == len(names) == len(listed(simulator, account))


def test_the_demo_templates_are_of_every_kind(simulator: Simulator) -> None:
    rows = listed(simulator, new_id())
    assert {row["parameter_format"] for row in rows} == {"POSITIONAL", "NAMED"}
    assert {row["status"] for row in rows} == {"APPROVED", "PAUSED", "PENDING"}
    assert {row["name"] for row in listed(simulator, new_id(), "status=PAUSED")} == {"sale_image"}


@pytest.mark.parametrize("query", ["limit=x", "limit=0", "after=%21"])
def test_a_page_that_can_not_be_is_refused(simulator: Simulator, query: str) -> None:
    assert simulator.ask("GET", f"/v23.0/{new_id()}/message_templates?{query}").code == 100


def test_a_new_template_is_pending_then_approved_with_a_callback(
    simulator: Simulator, sink: Sink, account: str
) -> None:
    answer = simulator.ask("POST", f"/v23.0/{account}/message_templates", definition("news"))
    assert set(answer.json) == set(example("res_template_create")["body"])
    assert answer.json["status"] == "PENDING"
    number, message = account + "0", template("news", "en_US", body("Dana"))
    assert simulator.post(number, message).code == 132001
    (callback,) = sink.waits_for(lambda: sink.at(f"/{account}"))
    (change,) = callback.body["entry"][0]["changes"]
    assert (change["field"], change["value"]["event"]) == ("message_template_status_update", "APPROVED")
    assert change["value"]["message_template_id"] == int(answer.json["id"])
    assert simulator.post(number, message).status == 200
    again = simulator.ask("POST", f"/v23.0/{account}/message_templates", definition("news"))
    assert again.json["error"]["error_subcode"] == 2388024


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "With Spaces"},
        {"language": "english"},
        {"category": "NEWS"},
        {"components": []},
        {"components": [{"type": "BODY", "text": "Ends with {{1}}"}]},
        {"components": [{"type": "BODY", "text": "x" * 1025}]},
        {"components": [{"type": "BODY", "text": "x"}, {"type": "BUTTONS", "buttons": [{}]}]},
        {"components": "BODY"},
    ],
)
def test_a_definition_that_meta_would_refuse_is_refused(simulator: Simulator, wrong: dict[str, Any]) -> None:
    answer = simulator.ask("POST", f"/v23.0/{new_id()}/message_templates", {**definition("news"), **wrong})
    assert (answer.status, answer.code) == (400, 100)


def test_pausing_tells_the_account_and_stops_sends(simulator: Simulator, sink: Sink, account: str) -> None:
    message = template("order_update", "en_US", body("Dana", "1"))
    assert simulator.post(account + "0", message).status == 200
    told = {"status": "PAUSED", "language": "en_US", "businessAccountId": account}
    assert simulator.ask("POST", "/_sim/templates/order_update", told).json == {"success": True, "changed": 1}
    assert simulator.post(account + "0", message).code == 132015
    assert simulator.post(new_id(), message).status == 200, "other accounts go on"
    sink.waits_for(lambda: [each for each in sink.at(f"/{account}") if b"PAUSED" in each.raw])
    (callback,) = [each for each in sink.at(f"/{account}") if b"PAUSED" in each.raw]
    theirs = example("wh_template_paused")["entry"][0]
    (entry,) = callback.body["entry"]
    assert set(entry) == set(theirs)
    assert set(entry["changes"][0]["value"]) == set(theirs["changes"][0]["value"])
    told["status"] = "DISABLED"
    simulator.ask("POST", "/_sim/templates/order_update", told)
    assert simulator.post(account + "0", message).code == 132016


def test_a_changed_category_is_told(simulator: Simulator, sink: Sink, account: str) -> None:
    listed(simulator, account)
    told = {"category": "MARKETING", "businessAccountId": account, "language": "pt_BR"}
    simulator.ask("POST", "/_sim/templates/order_update", told)
    (callback,) = sink.waits_for(lambda: sink.at(f"/{account}"))
    value = callback.body["entry"][0]["changes"][0]["value"]
    assert (value["previous_category"], value["new_category"]) == ("UTILITY", "MARKETING")


def test_a_deleted_template_is_gone_in_all_languages(simulator: Simulator, account: str) -> None:
    path = f"/v23.0/{account}/message_templates?name=order_update"
    assert simulator.ask("DELETE", path).json == {"success": True}
    assert "order_update" not in {row["name"] for row in listed(simulator, account)}
    assert simulator.ask("DELETE", path).json["error"]["error_subcode"] == 33


def test_one_language_can_be_deleted_by_its_id(simulator: Simulator, account: str) -> None:
    rows = listed(simulator, account, "name=order_update&fields=language")
    path = f"/v23.0/{account}/message_templates?name=order_update&hsm_id={rows[0]['id']}"
    assert simulator.ask("DELETE", path).json == {"success": True}
    assert listed(simulator, account, "name=order_update&fields=language") == rows[1:]


def test_a_template_nobody_has_can_not_be_paused(simulator: Simulator) -> None:
    answer = simulator.ask("POST", "/_sim/templates/nothing_like_it", {"status": "PAUSED"})
    assert (answer.status, answer.json["changed"]) == (404, 0)
