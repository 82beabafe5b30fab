"""Faults on demand: before acceptance nothing is in the ledger, after it everything is."""

import http.client
import json
import time
from pathlib import Path
from typing import Any

import pytest

from simulator.faults import Faults
from tests.simulator.load import post_many
from tests.simulator.rig import QUICK, Simulator, new_id, template, text
from tests.simulator.sink import SECRET, Sink


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("rate_limited", 429, 130429), ("server_error", 500, 131000), ("invalid", 400, 131009)],
)
def test_a_fault_before_acceptance_is_a_refusal(
    simulator: Simulator, number: str, fault: str, status: int, code: int
) -> None:
    simulator.faults(**{fault: 1})
    answer = simulator.post(number, text())
    assert (answer.status, answer.code) == (status, code)
    assert simulator.ledger(number) == []


def test_a_reset_leaves_nothing_behind(simulator: Simulator, number: str) -> None:
    before = simulator.stats()
    simulator.faults(reset=1)
    with pytest.raises(ConnectionResetError):
        simulator.post(number, text())
    assert simulator.ledger(number) == []
    assert simulator.stats()["refused"] == before["refused"] + 1


def test_a_dropped_answer_was_an_accepted_message(simulator: Simulator, sink: Sink, number: str) -> None:
    simulator.faults(drop=1)
    with pytest.raises(http.client.RemoteDisconnected):
        simulator.post(number, text())
    (line,) = simulator.ledger(number)
    sink.waits_for(lambda: sink.statuses(line["messageId"])[-1:] == ["read"])


def test_a_stalled_answer_comes_late(simulator: Simulator, number: str) -> None:
    simulator.faults(stall=1, stall_seconds=0.3)
    before = time.monotonic()
    answer = simulator.post(number, text())
    assert time.monotonic() - before >= 0.3
    assert simulator.ledger(number)[0]["messageId"] == answer.message_id


@pytest.mark.parametrize(("fault", "status"), [("bad_gateway", 502), ("garbage", 200)])
def test_an_unreadable_answer_was_an_accepted_message(
    simulator: Simulator, number: str, fault: str, status: int
) -> None:
    simulator.faults(**{fault: 1})
    answer = simulator.post(number, text())
    assert answer.status == status
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.raw)
    assert len(simulator.ledger(number)) == 1


def test_a_lost_status_never_comes(simulator: Simulator, sink: Sink, number: str) -> None:
    simulator.faults(lost=1)
    lost = simulator.post(number, text()).message_id
    simulator.faults(lost=0)
    kept = simulator.post(number, text()).message_id
    sink.waits_for(lambda: sink.statuses(kept)[-1:] == ["read"])
    assert sink.statuses(lost) == []


def test_a_duplicate_comes_twice(simulator: Simulator, sink: Sink, number: str) -> None:
    simulator.faults(duplicate=1)
    sent = simulator.post(number, text()).message_id
    sink.waits_for(lambda: len(sink.statuses(sent)) == 6)
    assert sorted(sink.statuses(sent)) == sorted(["sent", "delivered", "read"] * 2)


def test_reordered_statuses_keep_their_own_times(simulator: Simulator, sink: Sink, number: str) -> None:
    simulator.faults(reorder=1, read_seconds=1.2, delivered_seconds=0.6)
    ids = [simulator.post(number, text()).message_id for _ in range(6)]
    sink.waits_for(lambda: all(len(sink.statuses(each)) == 3 for each in ids))
    assert {tuple(sink.statuses(each)) for each in ids} != {("sent", "delivered", "read")}
    for each in ids:
        times = {
            item["status"]: int(item["timestamp"]) for item in sink.items("statuses") if item["id"] == each
        }
        assert times["sent"] < times["read"]


def test_a_failing_message_fails_with_131026(simulator: Simulator, sink: Sink, number: str) -> None:
    simulator.faults(failed=1)
    sent = simulator.post(number, text()).message_id
    sink.waits_for(lambda: sink.statuses(sent))
    (status,) = [each for each in sink.items("statuses") if each["id"] == sent]
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)


def test_a_forged_callback_has_a_wrong_signature_and_is_not_repeated(
    simulator: Simulator, sink: Sink
) -> None:
    number, before = new_id(), simulator.stats()
    simulator.tell(number, url=sink.url("/forged"))
    simulator.faults(forged=1)
    sent = simulator.post(number, text()).message_id
    sink.waits_for(lambda: "read" in sink.statuses(sent, path="/forged"))
    (forged,) = [each for each in sink.at("/forged") if not each.is_signed_with(SECRET)]
    assert [each["status"] for _, each in forged.values("statuses")] == ["failed"]
    after = simulator.stats()
    assert (after["forged"], after["forgedAccepted"]) == (before["forged"] + 1, before["forgedAccepted"] + 1)


def test_an_unknown_status_is_about_a_message_nobody_sent(
    simulator: Simulator, sink: Sink, number: str
) -> None:
    simulator.faults(unknown=1)
    before = len(sink.items("statuses"))
    sent = simulator.post(number, text(biz_opaque_callback_data="ours")).message_id
    sink.waits_for(lambda: len(sink.items("statuses")) == before + 4)
    strange = [each for each in sink.items("statuses")[before:] if each["id"] != sent]
    assert len(strange) == 1
    assert strange[0]["biz_opaque_callback_data"] != "ours"
    assert strange[0]["id"] not in {line["messageId"] for line in simulator.ledger()}


def test_the_throughput_of_a_number_is_limited_and_others_are_not(simulator: Simulator, number: str) -> None:
    simulator.faults(messages_per_second=20)
    began = time.monotonic()
    good = post_many(simulator.port, number, 200)
    assert 20 <= good <= 20 + 20 * (time.monotonic() - began) + 1
    assert len(simulator.ledger(number)) == good
    assert post_many(simulator.port, new_id(), 10) == 10


def test_the_pair_limit_is_off_until_it_is_turned_on(simulator: Simulator, number: str) -> None:
    assert post_many(simulator.port, number, 60, "+12025550143") == 60
    simulator.faults(pair_limit=True)
    assert post_many(simulator.port, number, 60, "+12025550144") == 45
    assert simulator.post(number, text("+12025550144")).code == 131056
    assert simulator.post(number, text("+12025550145")).status == 200


def test_outside_the_window_only_templates_arrive(simulator: Simulator, sink: Sink, number: str) -> None:
    simulator.faults(window=True)
    closed = simulator.post(number, text()).message_id
    named = simulator.post(number, template("hello_world")).message_id
    sink.waits_for(lambda: sink.statuses(named)[-1:] == ["read"] and sink.statuses(closed))
    (status,) = [each for each in sink.items("statuses") if each["id"] == closed]
    assert status["errors"][0]["code"] == 131047
    simulator.ask("POST", "/_sim/inbound", {"phoneNumberId": number, "from": "+12025550143", "text": "Hi"})
    sink.waits_for(lambda: [each for each in sink.items("messages") if each["text"]["body"] == "Hi"])
    opened = simulator.post(number, text()).message_id
    sink.waits_for(lambda: sink.statuses(opened)[-1:] == ["read"])


def test_somebody_without_a_number_opens_the_window_too(
    simulator: Simulator, sink: Sink, number: str
) -> None:
    simulator.faults(window=True)
    said = {"type": "text", "text": {"body": "Nobody"}, "from": {"not": "a number"}}
    simulator.ask(
        "POST", "/_sim/inbound", {"phoneNumberId": number, "userId": "US.881100220", "message": said}
    )
    sink.waits_for(lambda: [each for each in sink.items("messages") if each["text"]["body"] == "Nobody"])
    message = text(recipient="US.881100220")
    del message["to"]
    opened = simulator.post(number, message).message_id
    sink.waits_for(lambda: sink.statuses(opened)[-1:] == ["read"])


def test_beyond_the_account_limit_nothing_is_delivered(simulator: Simulator, sink: Sink) -> None:
    number = new_id()
    simulator.tell(number, url=sink.url(), businessAccountId=new_id())
    simulator.faults(account_limit=1)
    first, beyond, again = (
        simulator.post(number, template("hello_world", to=to)).message_id
        for to in ("+12025550143", "+12025550144", "+12025550143")
    )
    sink.waits_for(lambda: sink.statuses(first)[-1:] == sink.statuses(again)[-1:] == ["read"])
    assert sink.statuses(beyond) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"surprise": 1},
        {"lost": 2},
        {"lost": -0.1},
        {"lost": "often"},
        {"lost": True},
        {"lost": None},
        {"drop": 0.6, "stall": 0.6},
        {"messages_per_second": 0},
        {"window": 1},
        {"sent_seconds": -1},
        [],
        "lost",
    ],
)
def test_a_fault_that_makes_no_sense_changes_nothing(simulator: Simulator, wrong: Any) -> None:
    before = simulator.ask("GET", "/_sim/faults").json
    answer = simulator.ask("POST", "/_sim/faults", wrong)
    assert answer.status == 400
    assert answer.json["error"]["message"].endswith(".")
    assert simulator.ask("GET", "/_sim/faults").json == before


def test_faults_given_one_after_the_other_add_up(simulator: Simulator) -> None:
    simulator.faults(lost=0.1)
    simulator.faults(drop=0.2)
    now = simulator.ask("GET", "/_sim/faults").json
    assert (now["lost"], now["drop"]) == (0.1, 0.2)
    assert simulator.ask("DELETE", "/_sim/faults").json["lost"] == 0


def test_a_fault_strikes_about_as_often_as_it_should() -> None:
    faults = Faults()
    faults.merge({"rate_limited": 0.03, "server_error": 0.02, "invalid": 0.01, "reset": 0.02, "seed": 7})
    struck = [faults.before() for _ in range(20_000)]
    shares = {
        name: struck.count(name) / len(struck)
        for name in ("rate_limited", "server_error", "invalid", "reset")
    }
    assert shares == pytest.approx(
        {"rate_limited": 0.03, "server_error": 0.02, "invalid": 0.01, "reset": 0.02}, abs=0.006
    )
    assert faults.after() is None


def test_the_same_seed_gives_the_same_story(tmp_path: Path) -> None:
    stories = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with Simulator(
            tmp_path / name, {**QUICK, "seed": 42, "rate_limited": 0.3, "garbage": 0.3}
        ) as simulator:
            answers = [simulator.post("720", text(f"+1202555{at:04d}")) for at in range(40)]
            stories.append([(each.status, each.raw.endswith(b"}]}")) for each in answers])
    assert stories[0] == stories[1]
    assert len(set(stories[0])) == 3
