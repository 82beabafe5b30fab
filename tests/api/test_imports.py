"""Lists of contacts through the JSON door, in both forms."""

import csv
import io
import json
from typing import Any

import pytest

from tests.api.caller import Caller
from tests.builders import make_contact, make_group
from webapp.db import act_for
from webapp.services.imports import work

LINES = "application/x-ndjson"


def bring_in(caller: Caller, data: bytes, kind: str, **asked: str) -> dict[str, Any]:
    """Upload and let a worker do its part."""
    started = caller.ask("POST", "/contacts/imports", data=data, content_type=kind, query_string=asked)
    assert started.status_code == 202, started.text
    address = started.headers["Location"].removeprefix("/api/v1")
    for _ in range(20):
        work.advance(caller.tenant_id, started.json["id"])
        act_for(caller.tenant_id)
        told: dict[str, Any] = caller.get(address)
        if told["status"] not in ("queued", "reading", "merging"):
            break
    return told


def lines(*rows: Any) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def test_json_lines_become_contacts(caller: Caller) -> None:
    known = make_contact(caller.tenant_id, "Old", phone_number="+4915123456789")
    group = make_group(caller.tenant_id, "Spring")
    told = bring_in(
        caller,
        lines(
            {"phoneNumber": "+1234567890", "name": "John", "attributes": {"city": "Lisbon"}},
            {"phoneNumber": "+49 1512 3456789", "name": "Ana", "isActive": False},
            {"phoneNumber": "+5511961234567"},
            {"phoneNumber": "+5511961234567", "name": "Last"},
        )
        + b"\n\n",
        LINES,
        groupId=str(group.id),
    )
    figures = ("status", "rows", "added", "updated", "repeated", "refused", "refusedUrl")
    assert tuple(told[name] for name in figures) == ("completed", 4, 2, 1, 1, 0, None)
    people = {one["phoneNumber"]: one for one in caller.get("/contacts", groupId=str(group.id))["items"]}
    assert people["+1234567890"]["attributes"] == {"city": "Lisbon"}
    assert people["+5511961234567"]["name"] == "Last"
    assert (people["+4915123456789"]["id"], people["+4915123456789"]["isActive"]) == (str(known.id), False)


def test_what_is_refused_can_be_fetched_with_its_reason(caller: Caller) -> None:
    told = bring_in(
        caller,
        lines({"phoneNumber": "12"}, {"phoneNumber": "+1234567890", "color": "red"}, {"groupIds": []}, [1])
        + b'\n{"phoneNumber": 5}\nnonsense\n{"phoneNumber": "+1234567890", "name": "\\ud800"}\n',
        LINES,
    )
    assert (told["status"], told["rows"], told["added"], told["refused"]) == ("completed", 7, 1, 6)
    assert told["refusedUrl"].endswith(f"/api/v1/contacts/imports/{told['id']}/refused")
    file = caller.ask("GET", f"/contacts/imports/{told['id']}/refused").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [(row["Row in the file"], row["Line as it was"]) for row in rows[1:]] == [
        ("2", '{"phoneNumber": "+1234567890", "color": "red"}'),
        ("3", '{"groupIds": []}'),
        ("4", "[1]"),
        ("5", '{"phoneNumber": 5}'),
        ("6", "nonsense"),
    ]
    reasons = [row["Reason"] for row in rows]
    assert len(reasons) == 6
    assert "There is no field “color”. Put it into attributes." in reasons
    assert "A line names no groups. One for the whole list is said with the list." in reasons
    assert reasons.count("This line is no JSON object.") == 2


def test_a_csv_is_read_by_its_header(caller: Caller) -> None:
    told = bring_in(
        caller,
        b"phoneNumber,name,City,isActive\n+1234567890,John,Lisbon,no\n",
        "text/csv",
        fileName="spring.csv",
    )
    assert (told["status"], told["added"], told["fileName"]) == ("completed", 1, "spring.csv")
    (john,) = caller.get("/contacts")["items"]
    assert (john["name"], john["attributes"], john["isActive"]) == ("John", {"City": "Lisbon"}, False)


@pytest.mark.parametrize("kind", ["text/csv", LINES])
def test_known_people_can_be_kept_as_they_are(caller: Caller, kind: str) -> None:
    make_contact(caller.tenant_id, "Old", phone_number="+1234567890")
    data = (
        b"phoneNumber,name\n+1234567890,New\n"
        if kind == "text/csv"
        else lines({"phoneNumber": "+1234567890", "name": "New"})
    )
    told = bring_in(caller, data, kind, onExisting="keep")
    assert (told["unchanged"], told["updated"]) == (1, 0)
    assert caller.get("/contacts")["items"][0]["name"] == "Old"


@pytest.mark.parametrize(
    ("data", "kind", "asked", "problem"),
    [
        (b"", "text/csv", "", (422, "invalid", "file")),
        (b"", LINES, "", (422, "invalid", "file")),
        (b"name,city\nJohn,Lisbon\n", "text/csv", "", (422, "invalid", "phoneNumber")),
        (b"PK\x03\x04", "text/csv", "", (422, "invalid", "file")),
        (b"x", "application/json", "", (415, "unsupported_media_type", "")),
        (b"x", LINES, "?onExisting=forget", (422, "wrong_shape", "onExisting")),
        (b"x", LINES, "?groupId=01997f3a-52c1-7d4e-9b1a-6f0c2d8e4a17", (404, "not_found", "")),
    ],
)
def test_what_can_not_be_brought_in_is_said_at_once(
    caller: Caller, data: bytes, kind: str, asked: str, problem: tuple[int, str, str]
) -> None:
    assert caller.error("POST", f"/contacts/imports{asked}", data=data, content_type=kind) == problem
    assert caller.get("/contacts/imports")["items"] == []


def test_a_list_that_is_too_large_is_refused(caller: Caller) -> None:
    answer = caller.ask("POST", "/contacts/imports", data=b" " * (50 * 1024 * 1024 + 1), content_type=LINES)
    assert answer.status_code in (413, 422)
    assert caller.get("/contacts/imports")["items"] == []
