"""What the simulator posts to a callback address, and how it behaves when that address does not answer well."""

import time

import pytest

from tests.cloud import example
from tests.simulator.rig import Simulator, new_id, script, template, text
from tests.simulator.sink import SECRET, Callback, Sink


def callback_with(sink: Sink, message_id: str, status: str) -> Callback:
    def found() -> list[Callback]:
        wanted = (message_id, status)
        return [
            callback
            for callback in sink.callbacks
            if any((each["id"], each["status"]) == wanted for _, each in callback.values("statuses"))
        ]

    return sink.waits_for(found)[0]


def test_a_message_is_sent_delivered_and_read(simulator: Simulator, sink: Sink, number: str) -> None:
    message = text("+5531990000123", biz_opaque_callback_data="tracker-1")
    sent = simulator.post(number, message).message_id
    sink.waits_for(lambda: sink.statuses(sent) == ["sent", "delivered", "read"])
    mine = [each for each in sink.items("statuses") if each["id"] == sent]
    assert {each["biz_opaque_callback_data"] for each in mine} == {"tracker-1"}
    assert {each["recipient_id"] for each in mine} == {"553190000123"}
    assert [int(each["timestamp"]) for each in mine] == sorted(int(each["timestamp"]) for each in mine)
    assert abs(int(mine[0]["timestamp"]) - time.time()) < 10


def test_without_a_tracker_none_is_echoed(simulator: Simulator, sink: Sink, number: str) -> None:
    sent = simulator.post(number, text()).message_id
    sink.waits_for(lambda: sink.statuses(sent)[-1:] == ["read"])
    assert not any(
        "biz_opaque_callback_data" in each for each in sink.items("statuses") if each["id"] == sent
    )


@pytest.mark.parametrize(
    ("status", "like"),
    [("sent", "sent_v24_no_conversation"), ("delivered", "delivered"), ("read", "read_no_pricing")],
)
def test_a_status_has_the_shape_of_metas(
    simulator: Simulator, sink: Sink, number: str, status: str, like: str
) -> None:
    message = template("hello_world", biz_opaque_callback_data="t")
    sent = simulator.post(number, message).message_id
    callback = callback_with(sink, sent, status)
    value, ours = next(each for each in callback.values("statuses") if each[1]["id"] == sent)
    theirs = example(f"wh_status_{like}")["entry"][0]["changes"][0]["value"]
    assert set(ours) == set(theirs["statuses"][0])
    assert ours.get("pricing", {}).keys() == theirs["statuses"][0].get("pricing", {}).keys()
    assert set(value) >= set(theirs)


@pytest.mark.parametrize(
    ("message", "pricing"),
    [
        (text(), {"billable": False, "type": "free_customer_service", "category": "service"}),
        (template("hello_world"), {"billable": True, "type": "regular", "category": "utility"}),
    ],
)
def test_the_price_follows_the_kind_of_message(
    simulator: Simulator, sink: Sink, number: str, message: dict[str, object], pricing: dict[str, object]
) -> None:
    sent = simulator.post(number, message).message_id
    sink.waits_for(lambda: sink.statuses(sent))
    status = next(each for each in sink.items("statuses") if each["id"] == sent)
    assert status["pricing"] == {"pricing_model": "PMP", **pricing}


def test_the_envelope_names_account_and_number(simulator: Simulator, sink: Sink) -> None:
    number, account = new_id(), new_id()
    simulator.tell(number, url=sink.url(), businessAccountId=account, displayPhoneNumber="+49 30 123456")
    sent = simulator.post(number, text()).message_id
    body = callback_with(sink, sent, "sent").body
    assert body["object"] == "whatsapp_business_account"
    (entry,) = [each for each in body["entry"] if each["id"] == account]
    metadata = entry["changes"][0]["value"]["metadata"]
    assert metadata == {"display_phone_number": "4930123456", "phone_number_id": number}


def test_the_signature_is_of_the_bytes_with_the_secret_of_the_number(
    simulator: Simulator, sink: Sink
) -> None:
    known, unknown = new_id(), new_id()
    simulator.tell(known, url=sink.url(), appSecret="s3cret-é")
    simulator.tell(unknown, url=sink.url())
    for number, secret in ((known, "s3cret-é"), (unknown, SECRET)):
        sent = simulator.post(number, text()).message_id
        assert callback_with(sink, sent, "sent").is_signed_with(secret)


def test_what_is_not_ascii_is_escaped_and_so_are_slashes(
    simulator: Simulator, sink: Sink, number: str
) -> None:
    sent = simulator.post(number, text(biz_opaque_callback_data="olá/👋")).message_id
    raw = callback_with(sink, sent, "sent").raw
    assert rb"ol\u00e1\/\ud83d\udc4b" in raw
    assert raw.isascii()


def test_statuses_that_are_due_together_share_a_body(simulator: Simulator, sink: Sink, number: str) -> None:
    before = len(sink.callbacks)
    ids = {simulator.post(number, text(f"+1202555{at:04d}")).message_id for at in range(40)}
    sink.waits_for(lambda: all(sink.statuses(each)[-1:] == ["read"] for each in ids))
    assert len(sink.callbacks) - before < 40


def test_a_refused_callback_is_tried_again_with_the_same_bytes(simulator: Simulator, sink: Sink) -> None:
    number = new_id()
    simulator.tell(number, url=sink.url("/again"))
    before = simulator.stats()
    sink.answers["/again"].extend([500, 302])
    sent = simulator.post(number, text(script("0005"))).message_id
    sink.waits_for(lambda: len(sink.at("/again")) == 3)
    assert len({callback.raw for callback in sink.at("/again")}) == 1
    assert sink.statuses(sent, path="/again") == ["sent"] * 3
    pauses = [
        after.at - first.at for first, after in zip(sink.at("/again"), sink.at("/again")[1:], strict=False)
    ]
    assert pauses[0] < 0.3 < pauses[1]
    after = sink.waits_for(lambda: simulator.stats()["callbacks"] > before["callbacks"] and simulator.stats())
    assert after["callbackFailures"] == before["callbackFailures"] + 2


def test_an_address_that_nobody_answers_holds_up_no_other(
    simulator: Simulator, sink: Sink, number: str
) -> None:
    silent, patient = Sink(), new_id()
    simulator.tell(patient, url=silent.url())
    late = simulator.post(patient, text()).message_id
    sent = simulator.post(number, text()).message_id
    sink.waits_for(lambda: sink.statuses(sent)[-1:] == ["read"])
    assert simulator.stats()["callbacksPending"] >= 1
    with silent:
        silent.waits_for(lambda: len(silent.statuses(late)) == 3)


def test_a_number_without_an_address_is_sent_for_and_calls_nobody(simulator: Simulator) -> None:
    before = simulator.stats()
    assert simulator.post(new_id(), text(), token="nobody").status == 200
    deadline = time.monotonic() + 5
    while simulator.stats()["callbacksUnaddressed"] < before["callbacksUnaddressed"] + 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_people_write_by_themselves(simulator: Simulator, sink: Sink) -> None:
    number = new_id()
    simulator.tell(number, url=sink.url("/in"))
    inbound = {"phoneNumberId": number, "from": "+54 11 5000-0126", "name": "Zoë"}
    assert simulator.ask("POST", "/_sim/inbound", {**inbound, "text": "BAJA 👋"}).status == 200
    assert simulator.ask("POST", "/_sim/inbound", {**inbound, "preference": "resume"}).status == 200
    button = {"payload": "OPTOUT", "text": "Stop"}
    assert simulator.ask("POST", "/_sim/inbound", {**inbound, "button": button}).status == 200
    sink.waits_for(lambda: len(sink.items("messages", path="/in")) == 2)
    sink.waits_for(lambda: sink.items("user_preferences", path="/in"))
    value, message = next(sink.at("/in")[0].values("messages"))
    theirs = example("wh_in_ar_prefix")["entry"][0]["changes"][0]["value"]
    assert (message["from"], message["text"]) == ("5491150000126", {"body": "BAJA 👋"})
    assert value["contacts"][0]["profile"] == {"name": "Zoë"}
    assert (set(message), set(value)) == (set(theirs["messages"][0]), set(theirs))
    assert sink.items("messages", path="/in")[1]["button"] == button
    assert sink.items("user_preferences", path="/in")[0]["value"] == "resume"


def test_somebody_without_a_number_has_only_a_user_id(simulator: Simulator, sink: Sink, number: str) -> None:
    message = text(recipient="US.88110022003300440055")
    del message["to"]
    sent = simulator.post(number, message).message_id
    callback = callback_with(sink, sent, "delivered")
    value, status = next(each for each in callback.values("statuses") if each[1]["id"] == sent)
    theirs = example("wh_status_bsuid_no_phone")["entry"][0]["changes"][0]["value"]
    assert "recipient_id" not in status
    assert status["recipient_user_id"] == "US.88110022003300440055"
    contact = next(each for each in value["contacts"] if each["user_id"] == "US.88110022003300440055")
    assert set(contact) == set(theirs["contacts"][0]) - {"parent_user_id"}
    asked = {"phoneNumberId": number, "userId": "US.88110022003300440055", "text": "From nobody"}
    simulator.ask("POST", "/_sim/inbound", asked)
    sink.waits_for(lambda: any(m.get("text") == {"body": "From nobody"} for m in sink.items("messages")))
    (inbound,) = [m for m in sink.items("messages") if m.get("text") == {"body": "From nobody"}]
    assert inbound["from_user_id"] == "US.88110022003300440055"
    assert "from" not in inbound


def test_any_kind_of_message_can_be_written_as_it_is(simulator: Simulator, sink: Sink, number: str) -> None:
    system = {"body": "Dana changed from 1 to 2", "wa_id": "12025550199", "type": "user_changed_number"}
    message = {"type": "system", "system": system, "from": {"not": "a number"}}
    simulator.ask(
        "POST", "/_sim/inbound", {"phoneNumberId": number, "from": "+12025550143", "message": message}
    )
    sink.waits_for(lambda: any(m["type"] == "system" for m in sink.items("messages")))
    (came,) = [m for m in sink.items("messages") if m["type"] == "system"]
    assert (came["system"], came["from"]) == (system, "12025550143")


@pytest.mark.parametrize(
    "wrong",
    [
        {"phoneNumberId": "x"},
        {"from": "nobody"},
        {"text": None},
        {"text": None, "preference": "maybe"},
        {"name": 1},
        {"userId": 1},
    ],
)
def test_an_inbound_message_that_makes_no_sense_is_refused(
    simulator: Simulator, number: str, wrong: dict[str, object]
) -> None:
    good = {"phoneNumberId": number, "from": "+12025550143", "text": "Hi"}
    answer = simulator.ask("POST", "/_sim/inbound", {**good, **wrong})
    assert (answer.status, set(answer.json)) == (400, {"error"})
