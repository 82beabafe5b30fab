"""The tRPC door, byte by byte as the protocol has it."""

import json
import uuid
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.caller import Caller, make_caller
from tests.people import Person, outside
from tests.webhooks import make_webhook
from webapp.api.acts.catalogue import PROCEDURES

JOHN = {"phoneNumber": "+1234567890", "name": "John Doe"}

# The names of the contract.
NAMED = {
    f"{room}.{name}"
    for room, names in {
        "contacts": "list getById create update delete",
        "groups": "list getById create update delete addContacts removeContacts",
        "messageTemplates": "list getById create update delete",
        "campaigns": "list getById create update delete start pause resume cancel",
        "webhooks": "list getById create update delete regenerateSecret getLogs",
        "messagesHistory": "list getById",
    }.items()
    for name in names.split()
}


def query(caller: Caller, names: str, given: Any = None, **asked: str) -> TestResponse:
    asked |= {} if given is None else {"input": json.dumps(given)}
    return _ask(caller, "GET", names, query_string=asked)


def mutate(caller: Caller, names: str, given: Any = None, **asked: str) -> TestResponse:
    data = None if given is None else json.dumps(given)
    return _ask(caller, "POST", names, query_string=asked, data=data, content_type="application/json")


def _ask(caller: Caller, method: str, names: str, **kwargs: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {caller.token}"} | kwargs.pop("headers", {})
    answer: TestResponse = outside(
        caller.client.open, f"/api/trpc/{names}", method=method, headers=headers, **kwargs
    )
    return answer


def code_of(answer: TestResponse) -> tuple[int, str, int]:
    error = answer.json["error"]
    assert error["data"]["httpStatus"] == answer.status_code
    return answer.status_code, error["data"]["code"], error["code"]


def test_every_procedure_of_the_contract_is_there() -> None:
    assert set(PROCEDURES) >= NAMED


def test_a_mutation_answers_under_the_name_of_its_object(caller: Caller) -> None:
    made = mutate(caller, "contacts.create", {"tenantId": str(caller.tenant_id), **JOHN})
    assert made.status_code == 200
    contact = made.json["result"]["data"]["contact"]
    assert contact["phoneNumber"] == "+1234567890"
    looked = query(caller, "contacts.getById", {"id": contact["id"]})
    assert looked.json == {"result": {"data": {"contact": contact}}}
    listed = query(caller, "contacts.list", {"limit": 1}).json["result"]["data"]
    (item,) = listed["items"]
    assert item | contact == contact
    assert listed["nextCursor"] is None
    assert query(caller, "contacts.list").json["result"]["data"] == listed
    gone = mutate(caller, "contacts.delete", {"id": contact["id"]})
    assert gone.json == {"result": {"data": {"success": True}}}


def test_a_batch_is_answered_in_its_order(caller: Caller) -> None:
    made = mutate(
        caller,
        "groups.create,contacts.create,groups.create",
        {"0": {"name": "One"}, "1": JOHN, "2": {"name": "Two"}},
        batch="1",
    )
    assert made.status_code == 200
    data = [one["result"]["data"] for one in made.json]
    assert [next(iter(one)) for one in data] == ["group", "contact", "group"]
    listed = query(caller, "groups.list,contacts.list", {"0": {"q": "Two"}}, batch="1").json
    assert [len(one["result"]["data"]["items"]) for one in listed] == [1, 1]


def test_what_goes_wrong_with_one_is_no_trouble_for_the_others(caller: Caller) -> None:
    mutate(caller, "groups.create", {"name": "One"})
    answer = mutate(
        caller,
        "groups.create,groups.create,nothing.here",
        {"0": {"name": "one"}, "1": {"name": "Two"}},
        batch="1",
    )
    assert answer.status_code == 207
    first, second, third = answer.json
    assert first["error"]["data"] == {
        "code": "UNPROCESSABLE_CONTENT", "httpStatus": 422, "path": "groups.create", "field": "name",
    }  # fmt: skip
    assert second["result"]["data"]["group"]["name"] == "Two"
    assert third["error"]["data"]["code"] == "NOT_FOUND"
    assert query(caller, "groups.getById", {"id": second["result"]["data"]["group"]["id"]}).status_code == 200


def test_what_a_refused_call_began_is_not_committed_by_the_next(caller: Caller) -> None:
    contact = mutate(caller, "contacts.create", JOHN).json["result"]["data"]["contact"]
    half = {"id": contact["id"], "phoneNumber": "+4915123456789", "attributes": {"!!": "x"}}
    answer = mutate(caller, "contacts.update,groups.create", {"0": half, "1": {"name": "One"}}, batch="1")
    assert answer.status_code == 207
    assert (
        query(caller, "contacts.getById", {"id": contact["id"]}).json["result"]["data"]["contact"] == contact
    )


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("contacts.nothing", None, (404, "NOT_FOUND", -32004)),
        ("contacts.getById", {"id": str(uuid.uuid4())}, (404, "NOT_FOUND", -32004)),
        ("contacts.getById", {}, (422, "UNPROCESSABLE_CONTENT", -32022)),
        ("contacts.getById", {"id": "x"}, (422, "UNPROCESSABLE_CONTENT", -32022)),
        ("contacts.list", {"tenantId": str(uuid.uuid4())}, (404, "NOT_FOUND", -32004)),
        ("contacts.list", {"tenantId": "tenant-uuid"}, (404, "NOT_FOUND", -32004)),
        ("contacts.list", {"limit": "5"}, (422, "UNPROCESSABLE_CONTENT", -32022)),
        ("contacts.list", {"deleted": "true"}, (422, "UNPROCESSABLE_CONTENT", -32022)),
        ("contacts.list", [1], (422, "UNPROCESSABLE_CONTENT", -32022)),
        ("contacts.create", JOHN, (405, "METHOD_NOT_SUPPORTED", -32005)),
    ],
)
def test_errors_have_the_codes_of_the_protocol(
    caller: Caller, name: str, given: Any, code: tuple[int, str, int]
) -> None:
    assert code_of(query(caller, name, given)) == code


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("webhooks.getLogs", {"event": "a\0"}, "event"),
        ("messagesHistory.list", {"q": "\0"}, "q"),
        ("contacts.list", {"q": "a\0b"}, "q"),
    ],
)
def test_no_text_that_is_asked_for_has_a_nul(caller: Caller, name: str, given: Any, field: str) -> None:
    about = {"id": str(make_webhook(caller.tenant_id).id)} if name.startswith("webhooks") else {}
    answer = query(caller, name, about | given)
    assert (answer.status_code, answer.json["error"]["data"].get("field")) == (422, field)


def test_a_query_does_not_come_by_post(caller: Caller) -> None:
    answer = mutate(caller, "contacts.list")
    assert (code_of(answer)[1], answer.headers["Allow"]) == ("METHOD_NOT_SUPPORTED", "GET")
    assert query(caller, "contacts.create,groups.create", batch="1").headers["Allow"] == "POST"


def test_an_input_that_is_no_json_is_a_parse_error(caller: Caller) -> None:
    answer = _ask(caller, "GET", "contacts.list", query_string={"input": "{"})
    assert code_of(answer) == (400, "PARSE_ERROR", -32700)


def test_an_input_of_another_kind_is_not_read(caller: Caller) -> None:
    answer = _ask(caller, "POST", "contacts.create", data=json.dumps(JOHN), content_type="text/plain")
    assert code_of(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", -32015)


def test_without_a_key_each_call_of_a_batch_hears_it(caller: Caller) -> None:
    answer = _ask(
        caller, "GET", "contacts.list,groups.list", query_string={"batch": "1"}, headers={"Authorization": ""}
    )
    assert answer.status_code == 401
    assert [one["error"]["data"]["code"] for one in answer.json] == ["UNAUTHORIZED"] * 2


def test_scopes_hold_here_too(app: Flask, owner: Person) -> None:
    reader = make_caller(app, owner.tenant_id, "contacts:read")
    assert query(reader, "contacts.list").status_code == 200
    assert code_of(mutate(reader, "contacts.create", JOHN))[1] == "FORBIDDEN"
    mixed = query(reader, "contacts.list,campaigns.list", batch="1")
    assert mixed.status_code == 207
    assert [("result" in one) for one in mixed.json] == [True, False]


def test_a_strangers_ids_are_not_found(caller: Caller, foreign: Caller) -> None:
    theirs = mutate(foreign, "contacts.create", JOHN).json["result"]["data"]["contact"]["id"]
    group = mutate(caller, "groups.create", {"name": "One"}).json["result"]["data"]["group"]["id"]
    for name, given in (
        ("contacts.update", {"id": theirs, "name": "x"}),
        ("contacts.delete", {"id": theirs}),
        ("groups.addContacts", {"groupId": group, "contactIds": [theirs]}),
    ):
        assert code_of(mutate(caller, name, given))[1] == "NOT_FOUND", name


def test_a_mutation_under_a_key_of_its_own_has_one_effect(caller: Caller) -> None:
    tries = [
        _ask(caller, "POST", "groups.create", data=json.dumps({"name": "One"}), content_type="application/json",
             headers={"Idempotency-Key": "a"})
        for _ in range(2)
    ]  # fmt: skip
    assert tries[0].json == tries[1].json
    assert tries[1].headers["Idempotent-Replayed"] == "true"
    assert len(query(caller, "groups.list").json["result"]["data"]["items"]) == 1


def test_too_many_calls_in_one_are_refused(caller: Caller) -> None:
    answer = query(caller, ",".join(["contacts.list"] * 51), batch="1")
    assert answer.status_code == 413
