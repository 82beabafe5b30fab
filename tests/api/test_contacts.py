"""Contacts through the JSON door."""

import uuid
from typing import Any

import pytest
from flask import Flask

from tests.api.caller import Caller, make_caller
from tests.builders import make_contact, make_group
from webapp.api.shapes.base import ID
from webapp.api.shapes.contacts import ContactWhole
from webapp.db import db
from webapp.models.audit_log import AuditEntry
from webapp.models.events import Event

JOHN = {"phoneNumber": "+1234567890", "name": "John Doe"}


def told(caller: Caller) -> list[str]:
    return list(
        db.session.scalars(Event.of(caller.tenant_id).with_only_columns(Event.type).order_by(Event.sequence))
    )


def test_the_owners_own_contact_is_taken_as_it_is(caller: Caller) -> None:
    made = caller.ask("POST", "/contacts", JOHN)
    assert made.status_code == 201
    assert made.json | JOHN == made.json
    assert made.json["isActive"] is True
    ContactWhole.model_validate_json(made.data)
    assert caller.get(f"/contacts/{made.json['id']}") == made.json
    assert told(caller) == ["contact_created"]


def test_a_change_is_sparse(caller: Caller) -> None:
    made = caller.post("/contacts", JOHN | {"attributes": {"city": "Lisbon"}})
    changed = caller.ask("PATCH", f"/contacts/{made['id']}", {"name": "Jane"}).json
    assert changed["name"] == "Jane"
    assert changed["attributes"] == {"city": "Lisbon"}
    assert changed["phoneNumber"] == "+1234567890"
    assert told(caller) == ["contact_created", "contact_updated"]


def test_a_deleted_contact_comes_back(caller: Caller) -> None:
    made = caller.post("/contacts", JOHN)
    address = f"/contacts/{made['id']}"
    gone = caller.ask("DELETE", address)
    assert (gone.status_code, gone.data) == (204, b"")
    assert caller.error("GET", address)[:2] == (404, "not_found")
    assert [one["id"] for one in caller.get("/contacts", deleted="true")["items"]] == [made["id"]]
    assert caller.post(f"{address}/restore")["id"] == made["id"]
    assert caller.get("/contacts")["items"][0]["id"] == made["id"]


def test_a_list_goes_on_where_its_cursor_says(caller: Caller) -> None:
    made = [str(make_contact(caller.tenant_id, f"Person {n}").id) for n in range(5)]
    found, cursor = [], ""
    while True:
        page = caller.get("/contacts", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [one["id"] for one in page["items"]]
        assert len(page["items"]) <= 2
        if page["nextCursor"] is None:
            break
        cursor = page["nextCursor"]
    assert found == made[::-1]


def test_lists_are_searched_and_filtered(caller: Caller) -> None:
    ana, ben = make_contact(caller.tenant_id, "Ana"), make_contact(caller.tenant_id, "Ben", is_active=False)
    group = make_group(caller.tenant_id, "Friends", ben)
    names = lambda **asked: [one["name"] for one in caller.get("/contacts", **asked)["items"]]  # noqa: E731
    assert names(q="an") == ["Ana"]
    assert names(q=ana.phone_number) == ["Ana"]
    assert names(status="inactive") == ["Ben"]
    assert names(groupId=str(group.id)) == ["Ben"]
    assert names(q="nobody") == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, (422, "wrong_shape", "phoneNumber")),
        ({"phoneNumber": 12345678}, (422, "wrong_shape", "phoneNumber")),
        ({"phoneNumber": "+1234567890", "isActive": "yes"}, (422, "wrong_shape", "isActive")),
        ({"phoneNumber": "+1234567890", "tenantId": "x"}, (422, "wrong_shape", "tenantId")),
        ({"phoneNumber": "nobody"}, (422, "invalid", "phoneNumber")),
        ({"phoneNumber": "12"}, (422, "invalid", "phoneNumber")),
        ({"phoneNumber": "+1234567890", "attributes": {"!!": "x"}}, (422, "invalid", "attributes")),
        ({"phoneNumber": "+1234567890", "groupIds": [str(uuid.uuid4())]}, (404, "not_found", "")),
        ([], (422, "wrong_shape", "")),
    ],
)
def test_nonsense_is_said_beside_its_field(
    caller: Caller, body: object, problem: tuple[int, str, str]
) -> None:
    assert caller.error("POST", "/contacts", body) == problem
    assert caller.get("/contacts")["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        (
            "/contacts",
            {"phone": "+1234567890"},
            "phoneNumber: This is required. phone: There is no field “phone”.",
        ),
        (
            "/contacts",
            {"phoneNumber": 5, "isActive": "yes", "attributes": [], "groupIds": ["abc"]},
            "phoneNumber: This must be a text. attributes: This must be a JSON object. "
            "isActive: This must be true or false. "
            f"groupIds.0: This must be an id, such as {ID}.",
        ),
        ("/groups", {"name": ""}, "This can not be empty."),
        ("/groups", {"name": "x" * 101}, "This may have at most 100 characters."),
        ("/groups", dict.fromkeys("abcdefghijkl") | {"name": "x"}, "And 2 more."),
        ("/contacts?limit=0", None, "This must be 1 or more."),
        ("/contacts?limit=x", None, "This must be a whole number."),
        ("/contacts?status=gone", None, "This must match ^(active|inactive|opted_out|doubtful)$."),
    ],
)
def test_every_mistake_is_told_at_once_in_plain_words(
    caller: Caller, path: str, body: object, sentence: str
) -> None:
    answer = caller.ask("POST" if body else "GET", path, body)
    assert answer.status_code == 422
    assert sentence in answer.json["error"]["message"]


def test_a_number_that_is_there_already_is_refused(caller: Caller) -> None:
    caller.post("/contacts", JOHN)
    assert caller.error("POST", "/contacts", {"phoneNumber": "+1 234 567 890"}) == (
        422,
        "invalid",
        "phoneNumber",
    )


def test_what_is_no_json_is_a_bad_request(caller: Caller) -> None:
    for data in (b"{", b"", b"\xff\xfe", b'"\\ud800"', b"[" * 100_000):
        assert (
            caller.ask("POST", "/contacts", data=data, content_type="application/json").status_code == 400
        ), data
    form = caller.ask("POST", "/contacts", data={"phoneNumber": "+1234567890"})
    assert form.status_code == 415
    assert "takes application/json" in form.json["error"]["message"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{\n "phoneNumber": nope}', "This is no JSON: it can not be read at line 2, column 18."),
        (b"", "Nothing was sent. Send JSON."),
    ],
)
def test_what_is_no_json_is_told_with_its_place(caller: Caller, data: bytes, sentence: str) -> None:
    answer = caller.ask("POST", "/contacts", data=data, content_type="application/json")
    assert answer.json["error"]["message"] == sentence


@pytest.mark.parametrize(
    "asked",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=1_0",
        "limit=%2B5",
        "limit=5.0",
        "cursor=x",
        "deleted=1",
        "color=red",
        "q=a&q=b",
        "q=%00",
    ],
)
def test_a_list_takes_only_what_it_knows(caller: Caller, asked: str) -> None:
    assert caller.error("GET", f"/contacts?{asked}")[:2] == (
        422,
        "invalid" if "%00" in asked else "wrong_shape",
    )


def test_who_said_no_is_left_alone_until_they_take_it_back(caller: Caller) -> None:
    made = caller.post("/contacts", JOHN)
    caller.post(f"/contacts/{made['id']}/opt-out")
    assert len(caller.get("/contacts", status="opted_out")["items"]) == 1
    caller.post(f"/contacts/{made['id']}/opt-in")
    assert caller.get("/contacts", status="opted_out")["items"] == []


def test_one_contact_tells_its_groups_and_its_noes(caller: Caller) -> None:
    group = make_group(caller.tenant_id, "Spring")
    made = caller.post("/contacts", JOHN | {"groupIds": [str(group.id)]})
    assert (made["groupIds"], made["optOuts"], made["isDoubtful"]) == ([str(group.id)], [], True)
    (no,) = caller.post(f"/contacts/{made['id']}/opt-out")["optOuts"]
    assert no["source"] == "page"
    assert caller.get(f"/contacts/{made['id']}")["optOuts"] == [no]


def test_somebody_is_erased_from_the_trash_alone_and_with_a_scope_of_its_own(
    app: Flask, caller: Caller
) -> None:
    made = caller.post("/contacts", JOHN)
    address = f"/contacts/{made['id']}"
    assert caller.error("POST", f"{address}/erase")[:2] == (404, "not_found")
    caller.ask("DELETE", address)
    writer = make_caller(app, caller.tenant_id, "contacts:write")
    assert writer.error("POST", f"{address}/erase")[:2] == (403, "forbidden")
    gone = caller.ask("POST", f"{address}/erase")
    assert (gone.status_code, gone.data) == (204, b"")
    assert caller.get("/contacts", deleted="true")["items"] == []
    assert told(caller) == []
    (entry,) = db.session.scalars(
        AuditEntry.of(caller.tenant_id).where(AuditEntry.action == "contact_erased")
    )
    assert (str(entry.object_id), entry.user_id, entry.api_key_id) == (made["id"], None, caller.key_id)


def test_many_go_into_the_trash_and_come_back_together(caller: Caller) -> None:
    ids = [str(make_contact(caller.tenant_id, f"Person {n}").id) for n in range(3)]
    assert caller.error("POST", "/contacts/delete", {"contactIds": [*ids, str(uuid.uuid4())]})[0] == 404
    assert caller.post("/contacts/delete", {"contactIds": ids}) == {"deleted": 3}
    assert caller.get("/contacts")["items"] == []
    make_contact(
        caller.tenant_id,
        "Twin",
        phone_number=caller.get("/contacts", deleted="true")["items"][0]["phoneNumber"],
    )
    assert caller.error("POST", "/contacts/restore", {"contactIds": [str(uuid.uuid4())]})[0] == 404
    assert caller.post("/contacts/restore", {"contactIds": ids}) == {"restored": 2, "taken": 1}


@pytest.mark.parametrize(
    "given",
    [
        {"name": "a\0"},
        {"attributes": {"city": "\0"}},
        {"attributes": {"\0": "Lisbon"}},
        {"phoneNumber": "\0"},
    ],
)
def test_no_text_that_is_given_has_a_nul(caller: Caller, given: dict[str, Any]) -> None:
    problem = (422, "invalid", next(iter(given)))
    assert caller.error("POST", "/contacts", {"phoneNumber": "+1234567890"} | given) == problem
