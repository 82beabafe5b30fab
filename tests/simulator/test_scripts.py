"""Scripted recipients do what the table says, and the README has the same table."""

import re

import pytest

from simulator.scripts import SCRIPTS, script_of
from tests.cloud import example
from tests.simulator.rig import PROJECT, Simulator, script, template, text
from tests.simulator.sink import Sink

ENDINGS = {
    "0001": ["sent", "delivered", "read"],
    "0002": ["sent", "delivered"],
    "0003": ["sent", "read"],
    "0005": ["sent"],
    "2001": ["sent", "delivered", "read"],
}
FAILURES = {"0472": 130472, "1026": 131026, "1047": 131047, "1049": 131049, "1050": 131050, "2015": 132015}


def test_the_readme_has_the_table_of_the_code() -> None:
    readme = (PROJECT / "simulator" / "README.md").read_text()
    told = dict(re.findall(r"^\| (\d{4}) \| (.+) \|$", readme, re.M))
    assert told == {code: script.does for code, script in SCRIPTS.items()}


@pytest.mark.parametrize(
    "digits", ["12025550143", "19990001026", "199900010261", "1999000102", "19990009999"]
)
def test_only_the_whole_number_is_a_script(digits: str) -> None:
    assert (script_of(digits).error == 131026) == (digits == "19990001026")


def test_people_end_as_their_number_says(simulator: Simulator, sink: Sink, number: str) -> None:
    sent = {code: simulator.post(number, text(script(code))).message_id for code in [*ENDINGS, "0004"]}
    for code, ending in ENDINGS.items():
        sink.waits_for(lambda code=code, ending=ending: sink.statuses(sent[code]) == ending, code)
    assert sink.statuses(sent["0004"]) == []


def test_failures_come_later_with_their_code(simulator: Simulator, sink: Sink, number: str) -> None:
    sent = {simulator.post(number, text(script(code))).message_id: error for code, error in FAILURES.items()}
    sink.waits_for(lambda: all(sink.statuses(each) for each in sent))
    failed = {each["id"]: each for each in sink.items("statuses") if each["id"] in sent}
    assert {each["status"] for each in failed.values()} == {"failed"}
    assert {each: failed[each]["errors"][0]["code"] for each in sent} == sent


def test_a_failure_has_the_shape_of_metas(simulator: Simulator, sink: Sink, number: str) -> None:
    message = text(script("1026"), biz_opaque_callback_data="t")
    sent = simulator.post(number, message).message_id
    sink.waits_for(lambda: sink.statuses(sent))
    value, status = next(
        each for callback in sink.callbacks for each in callback.values("statuses") if each[1]["id"] == sent
    )
    theirs = example("wh_status_failed_131026")["entry"][0]["changes"][0]["value"]["statuses"][0]
    assert set(status) == set(theirs)
    assert status["errors"] == theirs["errors"]
    assert set(value) >= {"messaging_product", "metadata", "statuses"}


@pytest.mark.parametrize(
    ("code", "like"), [("0430", "130429"), ("1000", "131000"), ("1042", "131042"), ("1048", "131048")]
)
def test_refusals_have_the_words_of_meta(simulator: Simulator, number: str, code: str, like: str) -> None:
    answer, theirs = simulator.post(number, text(script(code))), example(f"res_err_{like}")
    error = answer.json["error"]
    assert error.pop("fbtrace_id").startswith("A")
    del theirs["body"]["error"]["fbtrace_id"]
    assert (answer.status, error) == (theirs["status"], theirs["body"]["error"])
    assert simulator.ledger(number) == []


def test_an_expired_session_is_told_with_its_subcode(simulator: Simulator, number: str) -> None:
    answer = simulator.post(number, text(script("0190")))
    assert (answer.status, answer.code) == (401, 190)


def test_every_second_post_to_the_throttled_one_is_accepted(simulator: Simulator, number: str) -> None:
    answers = [simulator.post(number, text(script("0429"))) for _ in range(4)]
    assert [each.status for each in answers] == [429, 200, 429, 200]
    assert answers[0].headers["Retry-After"] == "1"
    assert answers[0].code == 130429


def test_a_fast_repeat_meets_the_pair_limit(simulator: Simulator, number: str) -> None:
    first, second = (simulator.post(number, text(script("1056"))) for _ in range(2))
    assert (first.status, second.code) == (200, 131056)


def test_a_lost_answer_is_in_the_ledger_all_the_same(simulator: Simulator, sink: Sink, number: str) -> None:
    for code, status in (("0500", 500), ("0502", 502)):
        answer = simulator.post(number, text(script(code)))
        assert answer.status == status
        assert b'"error"' not in answer.raw
    lines = simulator.ledger(number)
    assert [line["to"] for line in lines] == [script("0500"), script("0502")]
    sink.waits_for(lambda: all(sink.statuses(line["messageId"])[-1:] == ["read"] for line in lines))


def test_the_silent_one_is_accepted_and_never_answers(simulator: Simulator, sink: Sink, number: str) -> None:
    with pytest.raises(TimeoutError):
        simulator.post(number, text(script("0408")), timeout=0.3)
    (line,) = simulator.ledger(number)
    sink.waits_for(lambda: sink.statuses(line["messageId"])[-1:] == ["read"])


@pytest.mark.parametrize(("code", "words"), [("3001", "Hi"), ("3002", "STOP")])
def test_a_reply_comes_after_the_reading(
    simulator: Simulator, sink: Sink, number: str, code: str, words: str
) -> None:
    sent = simulator.post(number, text(script(code))).message_id
    reply = sink.waits_for(lambda: [m for m in sink.items("messages") if m["context"]["id"] == sent])[0]
    assert (reply["type"], reply["text"], reply["from"]) == ("text", {"body": words}, script(code)[1:])
    assert sink.statuses(sent)[-1] == "read"


def test_a_tap_carries_the_payload_of_the_first_button(simulator: Simulator, sink: Sink, number: str) -> None:
    buttons = [{"type": "reply", "reply": {"id": "good", "title": "Good"}}]
    content = {"type": "button", "body": {"text": "How was it?"}, "action": {"buttons": buttons}}
    interactive = {**text(script("3003")), "type": "interactive", "interactive": content}
    del interactive["text"]
    payload = {"type": "payload", "payload": "OPTOUT:c42"}
    url = {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "a"}]}
    quick = {"type": "button", "sub_type": "quick_reply", "index": "1", "parameters": [payload]}
    head = {"type": "header", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "A"}]}
    values = [{"type": "text", "parameter_name": name, "text": "x"} for name in ("first_name", "discount")]
    sale = template(
        "spring_sale", "en_US", head, {"type": "body", "parameters": values}, url, quick, to=script("3003")
    )
    ids = [simulator.post(number, message).message_id for message in (interactive, sale)]
    taps = sink.waits_for(
        lambda: len(found := [m for m in sink.items("messages") if m["context"]["id"] in ids]) == 2 and found
    )
    by_type = {tap["type"]: tap for tap in taps}
    assert by_type["interactive"]["interactive"]["button_reply"] == {"id": "good", "title": "Good"}
    assert by_type["button"]["button"] == {"payload": "OPTOUT:c42", "text": "Stop promotions"}


def test_a_native_stop_has_the_shape_of_metas(simulator: Simulator, sink: Sink, number: str) -> None:
    simulator.post(number, text(script("3004")))
    sink.waits_for(lambda: sink.items("user_preferences"))
    (stop,) = sink.items("user_preferences")
    theirs = example("wh_user_pref_stop")["entry"][0]["changes"][0]
    assert {**stop, "timestamp": 0, "wa_id": ""} == {
        **theirs["value"]["user_preferences"][0],
        "timestamp": 0,
        "wa_id": "",
    }
    assert isinstance(stop["timestamp"], int)
