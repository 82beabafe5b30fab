"""Posting messages: what is accepted and refused, what the answers and the ledger say."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cloud import example
from tests.simulator.rig import Simulator, body, new_id, script, template, text, wire

REQUESTS = ["text", "template_plain", "template_positional", "template_document_header", "template_otp"]
INVOICE = {"type": "header", "parameters": [{"type": "document", "document": {"id": "1"}}]}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_example_of_a_request_is_accepted(simulator: Simulator, name: str) -> None:
    answer = simulator.post(new_id(), example(f"req_{name}"))
    assert answer.status == 200, answer.raw


def shape(value: Any) -> Any:
    """Which keys hold what kind of thing."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    return [shape(part) for part in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize(
    ("message", "like"),
    [
        (text(), "res_send_ok"),
        (template("hello_world"), "res_send_ok_template"),
        (text("+5531990000123"), "res_send_ok_waid_differs"),
    ],
)
def test_an_answer_has_the_shape_of_metas(simulator: Simulator, message: Any, like: str) -> None:
    answer, theirs = simulator.post(new_id(), message), example(like)
    assert answer.status == theirs["status"]
    assert shape(answer.json) == shape(theirs["body"])
    assert answer.headers["Content-Type"] == theirs["headers"]["Content-Type"]


def test_only_templates_say_that_they_are_accepted(simulator: Simulator) -> None:
    held = simulator.post(new_id(), template("hello_world", to=script("2001"))).json["messages"][0]
    plain = simulator.post(new_id(), template("hello_world")).json["messages"][0]
    assert held["message_status"] == "held_for_quality_assessment"
    assert plain["message_status"] == "accepted"
    assert set(simulator.post(new_id(), text()).json["messages"][0]) == {"id"}


@pytest.mark.parametrize(
    ("to", "wa_id"),
    [
        ("+12025550143", "12025550143"),
        ("+1 (202) 555-0143", "12025550143"),
        ("+5531990000123", "553190000123"),
        ("+553190000123", "553190000123"),
        ("+5511990000124", "5511990000124"),
        ("+525500000125", "5215500000125"),
        ("+5215500000125", "5215500000125"),
        ("+541150000126", "5491150000126"),
        ("+5491150000126", "5491150000126"),
    ],
)
def test_the_whatsapp_id_may_differ_from_the_number(simulator: Simulator, to: str, wa_id: str) -> None:
    assert simulator.post(new_id(), text(to)).json["contacts"] == [{"input": to, "wa_id": wa_id}]


def test_a_person_without_a_number_is_answered_by_user_id(simulator: Simulator) -> None:
    number, message = new_id(), text(recipient="US.88110022003300440055")
    del message["to"]
    contact = {"input": "US.88110022003300440055", "user_id": "US.88110022003300440055"}
    assert simulator.post(number, message).json["contacts"] == [contact]
    assert simulator.ledger(number)[0]["to"] == "US.88110022003300440055"


def test_the_ledger_has_exactly_the_promised_fields(simulator: Simulator) -> None:
    number, before = new_id(), time.time()
    answer = simulator.post(number, text("+1 202 555 0143", "Hé\n👋", biz_opaque_callback_data="t1"))
    (line,) = simulator.ledger(number)
    assert before <= line.pop("t") <= time.time()
    assert line == {
        "phoneNumberId": number,
        "to": "+1 202 555 0143",
        "tracker": "t1",
        "messageId": answer.message_id,
        "type": "text",
        "body": "Hé\n👋",
    }


def test_the_ledger_keeps_the_template_as_it_was_sent(simulator: Simulator) -> None:
    number, message = new_id(), template("order_update", "pt_BR", body("Dana", "1001"))
    simulator.post(number, message)
    (line,) = simulator.ledger(number)
    assert (line["type"], line["tracker"], line["body"]) == ("template", None, message["template"])


def test_message_ids_look_real_and_never_repeat_over_a_restart(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        with Simulator(tmp_path) as simulator:
            ids += [simulator.post("720", text()).message_id for _ in range(3)]
    assert len(set(ids)) == 6
    theirs = example("res_send_ok")["body"]["messages"][0]["id"]
    ours, real = (base64.b64decode(each.removeprefix("wamid.")) for each in (ids[0], theirs))
    assert (len(ours), ours[:19], ours[-1]) == (len(real), real[:19], real[-1])


@pytest.mark.parametrize(
    ("token", "code"), [("expired", 190), ("", 0), (None, 0)], ids=["expired", "empty", "none"]
)
def test_without_a_good_token_nothing_is_taken(simulator: Simulator, token: str | None, code: int) -> None:
    number, before = new_id(), simulator.stats()
    answer = simulator.post(number, text(), token=token)
    assert (answer.status, answer.code) == (401, code)
    assert simulator.ledger(number) == []
    after = simulator.stats()
    assert (after["posts"], after["refused"]) == (before["posts"] + 1, before["refused"] + 1)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({**text(), "messaging_product": "sms"}, 100),
        ({**text(), "surprise": 1}, 100),
        ({"messaging_product": "whatsapp", "to": "+12025550143"}, 131008),
        ({"messaging_product": "whatsapp", "to": "+12025550143", "type": "text"}, 131008),
        (text(""), 131009),
        (text("12"), 131009),
        (text("+0123456789"), 131009),
        (text(body=""), 131009),
        (text(body="x" * 4097), 131009),
        (text(biz_opaque_callback_data="x" * 513), 131009),
        ({**text(), "recipient_type": "group"}, 131020),
        ([], 100),
        ("text", 100),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(simulator: Simulator, message: Any, code: int) -> None:
    number = new_id()
    answer = simulator.post(number, message)
    assert (answer.status, answer.code) == (400, code), answer.raw
    assert simulator.ledger(number) == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (template("nowhere"), 132001),
        (template("hello_world", "de"), 132001),
        (template("autumn_news", "en_US", body("Dana")), 132001),
        (template("sale_image", "es_MX", body("Dana")), 132015),
        (template("order_update", "en_US", body("Dana")), 132000),
        (template("order_update"), 132000),
        (template("hello_world", "en_US", body("Dana")), 132000),
        (template("order_update", "en_US", body(first_name="Dana", discount="2")), 132012),
        (template("spring_sale", "en_US", body("Dana", "20%")), 132000),
        (template("invoice_pdf", "de", body("Dana")), 132012),
        (template("login_code", "en_US", body("483920")), 131008),
        (template("order_update", "en_US", body("Dana\nMiller", "1")), 132018),
        (template("order_update", "en_US", body("Dana     Miller", "1")), 132018),
        (template("order_update", "en_US", body("", "1")), 131009),
        (template("order_update", "en_US", body("x" * 1100, "1")), 132005),
    ],
)
def test_a_template_must_exist_and_its_parameters_must_fit(
    simulator: Simulator, message: Any, code: int
) -> None:
    answer = simulator.post(new_id(), message)
    assert answer.code == code, answer.raw
    assert answer.status == (404 if code == 132001 else 400)


def test_named_parameters_need_their_names(simulator: Simulator) -> None:
    name = {
        "type": "header",
        "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Dana"}],
    }
    button = {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "a1"}]}
    good = template("spring_sale", "en_US", name, body(first_name="Dana", discount="20%"), button)
    unnamed = template("spring_sale", "en_US", name, body("Dana", "20%"), button)
    strange = template("spring_sale", "en_US", name, body(first_name="Dana", rebate="20%"), button)
    assert simulator.post(new_id(), good).status == 200
    assert simulator.post(new_id(), unnamed).code == 100
    assert simulator.post(new_id(), strange).code == 132012
    assert simulator.post(new_id(), template("invoice_pdf", "de", INVOICE, body("Dana"))).status == 200


def test_marking_as_read_is_no_post(simulator: Simulator) -> None:
    before = simulator.stats()
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.HAs="}
    assert simulator.post(new_id(), read).json == example("res_mark_read_ok")["body"]
    after = simulator.stats()
    assert (after["posts"], after["markedRead"]) == (before["posts"], before["markedRead"] + 1)


@pytest.mark.parametrize("path", ["/", "/v23.0/abc", "/v23.0/1/nothing", "/1/messages", "/_sim/nothing"])
def test_an_unknown_path_is_a_graph_error(simulator: Simulator, path: str) -> None:
    answer = simulator.ask("GET", path)
    assert (answer.status, answer.code) == (404, 803)


@pytest.mark.parametrize("version", ["v16.0", "v23.0", "v25.0"])
def test_every_version_is_answered(simulator: Simulator, version: str) -> None:
    assert simulator.ask("POST", f"/{version}/{new_id()}/messages", text()).status == 200


def test_pipelined_requests_are_answered_in_their_order(simulator: Simulator) -> None:
    number = new_id()
    path, content = (
        f"/v23.0/{number}/messages",
        [json.dumps(text(body=f"n{at}")).encode() for at in range(50)],
    )
    answers = simulator.raw(b"".join(wire(path, each) for each in content), answers=50)
    lines = simulator.ledger(number)
    assert [line["body"] for line in lines] == [f"n{at}" for at in range(50)]
    places = [answers.index(line["messageId"].encode()) for line in lines]
    assert places == sorted(places)


def test_what_waits_does_not_let_later_answers_pass(simulator: Simulator) -> None:
    number = new_id()
    simulator.faults(stall=1, stall_seconds=0.2)
    path = f"/v23.0/{number}/messages"
    stalled, after = wire(path, json.dumps(text()).encode()), b"GET /_sim/stats HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = simulator.raw(stalled + after, answers=2)
    assert answers.index(b"wamid") < answers.index(b'"posts"')
