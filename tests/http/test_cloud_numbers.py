"""The check of a number and the subscription to its callbacks, against a server that answers as Meta does."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cloud import example
from tests.http.raw_server import RawServer, answer, http, only, raw_server
from webapp.egress.rules import Rules
from webapp.providers.base import Issue, Number, NumberInfo
from webapp.providers.cloud.numbers import check, subscribe
from webapp.providers.errors import ErrorClass
from webapp.providers.registry import PROVIDERS

GOOD = example("res_phone_info")["body"]


def number_at(server: RawServer) -> Number:
    return Number(
        f"http://127.0.0.1:{server.port}", "v23.0", "720000000000101", "910000000000001", "EAA", "verify-me"
    )


def saying(body: object, status: str = "200 OK") -> bytes:
    return http(status, json.dumps(body).encode(), "Content-Type: application/json")


def checked(body: object, status: str = "200 OK") -> NumberInfo | Issue:
    with raw_server(answer(saying(body, status))) as server:
        return check(number_at(server), only(server))


def test_a_number_is_described_in_words():
    info = checked(GOOD)
    assert isinstance(info, NumberInfo)
    assert (info.display_number, info.verified_name, info.quality) == (
        "+1 202-555-0100",
        "Acme Test",
        "GREEN",
    )
    assert (info.throughput_level, info.messaging_limit, info.can_send) == ("STANDARD", 2000, True)
    (issue,) = info.issues
    assert issue.sentence.startswith("Meta has not verified your business")
    assert issue.details == "The Business has not passed business verification. Start the verification."
    assert not issue.blocking


def test_what_is_asked_for_goes_to_the_number_with_its_token():
    with raw_server(answer(saying(GOOD))) as server:
        check(number_at(server), only(server))
        first, *lines = server.heads[0].decode().split("\r\n")
    method, url, _ = first.split()
    fields = parse_qs(urlsplit(url).query)["fields"][0].split(",")
    assert (method, urlsplit(url).path) == ("GET", "/v23.0/720000000000101")
    assert {"display_phone_number", "quality_rating", "throughput", "health_status"} <= set(fields)
    assert "Authorization: Bearer EAA" in lines


@pytest.mark.parametrize(
    ("changes", "can_send", "words"),
    [
        ({"status": "BANNED"}, False, "not connected"),
        ({"status": "PENDING"}, False, "not connected"),
        ({"platform_type": "ON_PREMISE"}, False, "not on the Cloud API"),
        ({"quality_rating": "RED"}, True, "blocked or reported"),
        ({"name_status": "DECLINED"}, True, "display name"),
        ({"account_mode": "SANDBOX"}, True, "test number"),
        ({"health_status": {"can_send_message": "BLOCKED"}}, False, "does not let this number"),
    ],
)
def test_what_speaks_against_sending_is_said_and_what_blocks_comes_first(changes, can_send, words):
    info = checked(GOOD | changes)
    assert isinstance(info, NumberInfo)
    assert info.can_send is can_send
    assert any(words in issue.sentence for issue in info.issues)
    assert [issue.blocking for issue in info.issues] == sorted(
        (issue.blocking for issue in info.issues), reverse=True
    )


def test_a_blocked_account_says_why_in_words_and_in_metas():
    error = {"error_code": 141006, "error_description": "No payment method.", "possible_solution": "Add one."}
    entity = {"entity_type": "WABA", "can_send_message": "BLOCKED", "errors": [error, {"error_code": 999}]}
    info = checked(GOOD | {"health_status": {"can_send_message": "BLOCKED", "entities": [entity]}})
    assert isinstance(info, NumberInfo)
    payment, other = info.issues
    assert not info.can_send
    assert payment.sentence.startswith("A payment problem")
    assert payment.details == "No payment method. Add one."
    assert "reports a problem" in other.sentence


def test_a_number_that_tells_only_the_basics_is_fine():
    info = checked({"display_phone_number": "+1 202-555-0100", "health_status": ["odd"], "throughput": None})
    assert info == NumberInfo("+1 202-555-0100", "", "", "", None, True, ())


def test_a_field_that_this_version_does_not_know_is_done_without():
    error = {"error": {"code": 100, "message": "Tried accessing nonexisting field (health_status)"}}

    def act(number, connection):
        connection.sendall(saying(error, "400 Bad Request") if number == 1 else saying(GOOD))

    with raw_server(act) as server:
        info = check(number_at(server), only(server))
        assert b"health_status" not in server.heads[1]
    assert isinstance(info, NumberInfo)
    assert info.verified_name == "Acme Test"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (example("res_err_190_expired")["body"], "access token has expired"),
        (
            {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request."}},
            "does not know this business number",
        ),
        ({"error": {"code": 4242, "message": "New"}}, "not known here"),
    ],
)
def test_a_refusal_is_told_in_words_with_metas_beside_them(error, words):
    issue = checked(error, "401 Unauthorized")
    assert isinstance(issue, Issue)
    assert words in issue.sentence
    assert issue.advice
    assert issue.details == error["error"]["message"]
    assert issue.blocking


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"id": "1"}'])
def test_a_server_that_is_not_metas_is_told_apart(body):
    with raw_server(answer(http("200 OK", body))) as server:
        issue = check(number_at(server), only(server))
    assert isinstance(issue, Issue)
    assert "not one of WhatsApp's" in issue.sentence


def test_a_server_that_is_not_there_or_not_allowed_is_told_apart():
    with raw_server() as server:
        number, rules = number_at(server), only(server)
        assert "private network" in check(number, Rules()).sentence
    assert "Nobody answers" in check(number, rules).sentence


def test_the_subscription_names_our_address_and_token():
    with raw_server(answer(saying({"success": True}))) as server:
        assert (
            subscribe(number_at(server), "https://crier.example/callbacks/whatsapp/1", only(server)) is None
        )
        assert server.heads[0].startswith(b"POST /v23.0/910000000000001/subscribed_apps ")
        sent = json.loads(server.bodies[0])
    assert sent == {
        "override_callback_uri": "https://crier.example/callbacks/whatsapp/1",
        "verify_token": "verify-me",
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"code": 200, "message": "(#200) Permissions error"}}, "lacks a permission"),
        ({"error": {"code": 2200, "message": "Callback verification failed"}}, "called our address"),
        ({"success": False}, "can be reached from outside"),
        ({}, "not one of WhatsApp's"),
    ],
)
def test_a_subscription_that_failed_says_why(body, words):
    with raw_server(answer(saying(body))) as server:
        issue = subscribe(number_at(server), "https://crier.example/", only(server))
    assert issue is not None
    assert words in issue.sentence


def test_the_registry_speaks_through_the_cloud_adapter():
    cloud = PROVIDERS["cloud"]
    assert cloud.explain(131050).cls is ErrorClass.RECIPIENT_OPTOUT
    assert cloud.send_url(Number("https://graph.facebook.com", "v23.0", "1")).endswith("/v23.0/1/messages")
