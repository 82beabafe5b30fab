"""Numbers, business accounts and tokens: each tenant's callbacks go to its own address."""

import pytest

from simulator.numbers import UNKNOWN_ACCOUNT, Numbers
from tests.cloud import example
from tests.simulator.rig import Simulator, new_id, text
from tests.simulator.sink import Sink


def test_tenants_with_their_own_tokens_are_told_apart() -> None:
    numbers = Numbers()
    for at in "12":
        numbers.asked(at, f"token {at}")
    for at in "12":
        numbers.subscribe(f"90{at}", f"token {at}", f"http://{at}")
    assert [numbers.address_of(numbers.known[at]) for at in "12"] == ["http://1", "http://2"]
    assert [numbers.account_of(numbers.known[at]) for at in "12"] == ["901", "902"]


def test_tenants_that_share_a_token_are_told_apart_by_asking_before_subscribing() -> None:
    numbers = Numbers()
    for at in "123":
        numbers.asked(at, "shared")
        numbers.subscribe("900", "shared", f"http://{at}")
    assert [numbers.address_of(numbers.known[at]) for at in "123"] == ["http://1", "http://2", "http://3"]


def test_asking_again_does_not_take_over_the_address_of_the_next_one() -> None:
    numbers = Numbers()
    numbers.asked("1", "shared")
    numbers.subscribe("901", "shared", "http://1")
    numbers.asked("2", "shared")
    numbers.asked("1", "shared")
    numbers.subscribe("902", "shared", "http://2")
    assert [numbers.address_of(numbers.known[at]) for at in "12"] == ["http://1", "http://2"]


def test_a_number_that_subscribes_anew_moves() -> None:
    numbers = Numbers()
    for url in ("http://old", "http://new"):
        numbers.asked("1", "token")
        numbers.subscribe("901", "token", url)
    assert numbers.address_of(numbers.known["1"]) == "http://new"


def test_subscribing_before_asking_works_too() -> None:
    numbers = Numbers()
    for at in "12":
        numbers.subscribe(f"90{at}", "shared", f"http://{at}")
        numbers.asked(at, "shared")
    assert [numbers.address_of(numbers.known[at]) for at in "12"] == ["http://1", "http://2"]


def test_a_number_nobody_asked_about_uses_the_account_of_its_token() -> None:
    numbers = Numbers()
    numbers.asked("1", "token")
    numbers.subscribe("901", "token", "http://1")
    assert numbers.address_of(numbers.used("2", "token")) == "http://1"
    stranger = numbers.used("3", "another token")
    assert (numbers.address_of(stranger), numbers.account_of(stranger)) == (None, UNKNOWN_ACCOUNT)


def test_a_number_of_an_account_without_an_own_address_uses_the_accounts() -> None:
    numbers = Numbers()
    number = numbers.used("1", "one token")
    number.account_id = "901"
    numbers.asked("2", "another token")
    numbers.subscribe("901", "another token", "http://1")
    assert numbers.address_of(number) == "http://1"


def test_a_number_of_another_account_is_not_drawn_over() -> None:
    numbers = Numbers()
    numbers.asked("1", "token").account_id = "other"
    numbers.asked("2", "token")
    numbers.subscribe("901", "token", "http://1")
    assert numbers.address_of(numbers.known["1"]) is None


def test_two_tenants_get_their_callbacks_at_once(simulator: Simulator, sink: Sink) -> None:
    pairs = [(new_id(), new_id(), f"/tenant/{at}", f"token {at % 2}") for at in range(4)]
    for number, account, path, token in pairs:
        simulator.ask("GET", f"/v23.0/{number}?fields=id", token=token)
        assert simulator.subscribe(account, sink.url(path), token=token).json == {"success": True}
    for number, _, path, token in pairs:
        sent = simulator.post(number, text(), token=token).message_id
        sink.waits_for(lambda sent=sent, path=path: sink.statuses(sent, path=path)[-1:] == ["read"])
    for number, account, path, _ in pairs:
        metadata = {
            value["metadata"]["phone_number_id"] for c in sink.at(path) for value, _ in c.values("statuses")
        }
        assert metadata == {number}
        assert {entry["id"] for callback in sink.at(path) for entry in callback.body["entry"]} == {account}


def test_a_subscription_is_shown_and_can_end(simulator: Simulator, sink: Sink) -> None:
    account = new_id()
    simulator.subscribe(account, sink.url("/shown?tenant=1"))
    shown = simulator.ask("GET", f"/v23.0/{account}/subscribed_apps").json["data"][0]
    assert shown["override_callback_uri"] == sink.url("/shown?tenant=1")
    simulator.ask("DELETE", f"/v23.0/{account}/subscribed_apps")
    assert (
        "override_callback_uri"
        not in simulator.ask("GET", f"/v23.0/{account}/subscribed_apps").json["data"][0]
    )


@pytest.mark.parametrize("how", ["form", "query"])
def test_a_subscription_may_come_as_a_form_or_in_the_address(
    simulator: Simulator, sink: Sink, how: str
) -> None:
    path, asked = (
        f"/v23.0/{new_id()}/subscribed_apps",
        f"override_callback_uri={sink.url()}&verify_token=verify-me",
    )
    answer = (
        simulator.ask("POST", path, asked.encode())
        if how == "form"
        else simulator.ask("POST", f"{path}?{asked}", b"")
    )
    assert answer.json == {"success": True}


@pytest.mark.parametrize("case", ["wrong token", "nobody there", "other host"])
def test_a_failed_handshake_registers_nothing(simulator: Simulator, sink: Sink, case: str) -> None:
    account = new_id()
    url = {"nobody there": "http://127.0.0.1:9/", "other host": "http://no-such-host.invalid/"}.get(
        case, sink.url()
    )
    answer = simulator.subscribe(account, url, verify_token="wrong")
    assert (answer.status, answer.code) == (400, 2200)
    assert (
        "override_callback_uri"
        not in simulator.ask("GET", f"/v23.0/{account}/subscribed_apps").json["data"][0]
    )


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "not an address", "http://", "http://a:99999/", "http://ü/", 7]
)
def test_what_is_no_address_is_refused(simulator: Simulator, url: object) -> None:
    asked = {"override_callback_uri": url, "verify_token": "verify-me"}
    assert simulator.ask("POST", f"/v23.0/{new_id()}/subscribed_apps", asked).code == 100
    assert simulator.tell(new_id(), url=url).status == 400


def test_a_number_shows_the_fields_asked_for(simulator: Simulator) -> None:
    number, theirs = new_id(), example("res_phone_info")["body"]
    names = [name for name in theirs if name != "id"]
    shown = simulator.ask("GET", f"/v23.0/{number}?fields={','.join(names)}").json
    assert set(shown) == set(theirs)
    assert shown["id"] == number
    assert {kind: type(shown[kind]) for kind in theirs} == {kind: type(theirs[kind]) for kind in theirs}
    entities = {each["entity_type"]: set(each) for each in shown["health_status"]["entities"]}
    assert entities == {
        kind: {"entity_type", "id", "can_send_message"}
        for kind in ("PHONE_NUMBER", "WABA", "BUSINESS", "APP")
    }
    assert set(simulator.ask("GET", f"/v23.0/{number}?fields=status").json) == {"id", "status"}
    assert set(simulator.ask("GET", f"/v23.0/{number}?fields=throughput{{level}}").json) == {
        "id",
        "throughput",
    }
    assert simulator.ask("GET", f"/v23.0/{number}?fields=surprise").code == 100


def test_the_numbers_of_an_account_are_listed_by_pages(simulator: Simulator) -> None:
    account, mine = new_id(), [new_id() for _ in range(3)]
    for number in mine:
        simulator.tell(number, businessAccountId=account)
    path = f"/v23.0/{account}/phone_numbers?limit=100"
    rows = [row for row in simulator.ask("GET", path).json["data"] if row["id"] in mine]
    assert [row["id"] for row in rows] == mine
    assert set(rows[0]) == set(example("res_phone_numbers")["body"]["data"][0])
