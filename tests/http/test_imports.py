import io
import re
import uuid
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.imports import bring, counts, finish, people, start_list, upload_list
from tests.people import Person, join, outside
from webapp.db import act_for, db
from webapp.services import groups
from webapp.services.imports import runs

ANN, BOB = "+4915110000001", "+4915110000002"
LIST = f"Vorname;Nachname;Handy;Ort\nAnn;<b>Smith</b>;{ANN};Bonn\nBob;;0151 10000002;Köln\n=1+1;;0151 123;\n"
MAPPING = {
    "header": "yes",
    "delimiter": "semicolon",
    "encoding": "utf-8",
    "default_country": "DE",
    "columns-0-target": "first_name",
    "columns-1-target": "last_name",
    "columns-2-target": "phone_number",
    "columns-3-target": "attribute",
    "columns-3-attribute": "City",
    "on_existing": "update",
    "group_id": "",
    "new_group": "Guests",
}


def send_file(person: Person, data: str | bytes, name: str = "people.csv") -> TestResponse:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    form: dict[str, Any] = {"file": (stream, name)}
    return person.post("/contacts/imports/new", form, content_type="multipart/form-data")


def test_a_list_is_uploaded_mapped_brought_in_and_its_refused_rows_come_back(owner: Person) -> None:
    path = send_file(owner, LIST).headers["Location"]
    assert path.endswith("/columns")
    page = owner.get(path).text
    assert "&lt;b&gt;Smith&lt;/b&gt;" in page
    assert "1 of the first 3 phone numbers can be read" in page
    assert owner.post(path, MAPPING).headers["Location"] == path.removesuffix("/columns")
    run = _finish(owner, path)
    assert counts(run) == {"added": 2, "refused": 1}
    page = owner.get(path.removesuffix("/columns")).text
    assert "Refused rows" in page
    assert "Guests" in page
    assert page.count("This is no phone number of the default country (DE).") == 2
    assert "0151 123" in page[page.index("The first of them:") :]
    assert people(owner.tenant_id)[BOB].attributes == {"City": "Köln"}
    download = owner.get(path.replace("/columns", "/refused.csv"))
    assert download.headers["Content-Disposition"] == "attachment; filename=refused-rows.csv"
    header, row = download.get_data().decode("utf-8-sig").splitlines()
    assert header == "Vorname,Nachname,Handy,Ort,Row in the file,Reason"
    assert row.startswith("'=1+1,,0151 123,,")


def test_the_progress_survives_a_closed_tab_and_ends_in_the_result(owner: Person) -> None:
    run = start_list(owner.tenant_id, LIST)
    path = f"/contacts/imports/{run.id}"
    for _ in range(2):
        page = owner.get(path).text
        assert f'hx-get="{path}/progress"' in page
        assert "Waiting for a worker" in page
    running = owner.get(f"{path}/progress", htmx=True)
    assert "HX-Refresh" not in running.headers
    assert "<progress" in running.text
    finish(run)
    assert owner.get(f"{path}/progress", htmx=True).headers["HX-Refresh"] == "true"
    assert "Refused" in owner.get(path).text
    assert "people.csv" in owner.get("/contacts/imports").text


def test_how_the_file_is_read_can_be_changed_and_looked_at_again(owner: Person) -> None:
    path = send_file(owner, f"Ann;{ANN}\nДми;{BOB}\n".encode("cp1251")).headers["Location"]
    assert "Дми" in owner.get(f"{path}?encoding=cp1251&header=no").text
    assert "Дми" not in owner.get(f"{path}?encoding=cp1252&header=no").text
    assert f"{BOB}" in owner.get(f"{path}?delimiter=comma&header=no").text
    for nonsense in ("encoding=rot13", "delimiter=x", "header=maybe", "default_country=XX"):
        assert owner.get(f"{path}?{nonsense}").status_code == 200


def test_what_is_wrong_with_a_file_stands_beside_its_field(owner: Person) -> None:
    for data, sentence in (
        (b"PK\x03\x04" + b"\0" * 50, "This is an Excel workbook, not a CSV file."),
        (b"\x89PNG\r\n\x1a\n", "This is a picture, a document or an archive, not a CSV file."),
        (b"", "This file is empty."),
    ):
        answer = send_file(owner, data, "people.csv")
        assert answer.status_code == 422
        assert sentence in answer.text
    answer = owner.post("/contacts/imports/new", {}, content_type="multipart/form-data")
    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


def test_a_file_above_the_limit_gets_a_sentence_and_other_routes_keep_theirs(owner: Person) -> None:
    answer = send_file(owner, b"x" * (51 * 1024 * 1024))
    assert answer.status_code == 422
    assert "larger than 50 MB" in answer.text
    assert owner.post("/groups/new", {"name": "x" * (5 * 1024 * 1024)}).status_code == 413
    assert runs.listed(owner.tenant_id).items == []


def test_a_file_of_many_megabytes_is_taken(owner: Person) -> None:
    data = "phone,note\n" + f"{ANN},{'x' * 900}\n" * 10_000
    assert send_file(owner, data).status_code == 303


def test_a_mapping_that_is_refused_keeps_what_was_chosen(owner: Person) -> None:
    path = send_file(owner, LIST).headers["Location"]
    answer = owner.post(path, MAPPING | {"columns-2-target": "", "new_group": "Old friends"})
    assert answer.status_code == 422
    assert "Choose the column with the phone number." in answer.text
    assert "Old friends" in answer.text
    assert 'value="City"' in answer.text
    groups.create(owner.tenant_id, name="Old friends")
    answer = owner.post(path, MAPPING | {"new_group": "Old friends"})
    assert "Another group has this name." in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"columns-3-attribute": "x" * 200}, "Field cannot be longer than"),
        ({"columns-3-target": "nonsense"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_with_one_column_stands_beside_it(
    owner: Person, typed: dict[str, str], sentence: str
) -> None:
    path = send_file(owner, LIST).headers["Location"]
    answer = owner.post(path, MAPPING | typed)
    assert answer.status_code == 422
    beside = re.search(r'aria-describedby="(columns-3-[a-z]+-error)"', answer.text)
    assert beside, "no box says where its error stands"
    assert re.search(rf'id="{beside[1]}".*?<span>{sentence}', answer.text, re.S)


def test_a_file_that_waits_leads_to_its_columns(app: Flask, owner: Person) -> None:
    path = send_file(owner, LIST).headers["Location"]
    run = path.removesuffix("/columns")
    assert owner.get(run).headers["Location"] == path
    page = join(app, owner.tenant_id, "viewer").get(run)
    assert "This file waits for somebody to say what its columns are." in page.text


def test_starting_twice_imports_once(owner: Person) -> None:
    path = send_file(owner, LIST).headers["Location"]
    assert owner.post(path, MAPPING).status_code == 303
    assert owner.post(path, MAPPING).headers["Location"] == path.removesuffix("/columns")
    assert owner.get(path).headers["Location"] == path.removesuffix("/columns")
    assert len(groups.listed(owner.tenant_id).items) == 1


def test_cancelling_and_discarding(owner: Person) -> None:
    running, waiting = start_list(owner.tenant_id, LIST), upload_list(owner.tenant_id, LIST)
    answer = owner.post(f"/contacts/imports/{running.id}/cancel")
    assert answer.headers["Location"] == f"/contacts/imports/{running.id}"
    assert "This import was cancelled." in owner.get(answer.headers["Location"]).text
    assert owner.post(f"/contacts/imports/{waiting.id}/cancel").headers["Location"] == "/contacts/imports"
    assert owner.post(f"/contacts/imports/{waiting.id}/cancel").status_code == 409


def test_the_sample_comes_in_as_it_is(owner: Person) -> None:
    sample = owner.get("/contacts/imports/sample.csv")
    assert sample.mimetype == "text/csv"
    run = bring(owner.tenant_id, sample.get_data())
    assert counts(run) == {"added": 3}
    assert people(owner.tenant_id)["+4915123456789"].attributes == {"City": "Köln"}


def test_a_stranger_finds_nothing_on_any_route(owner: Person, stranger: Person) -> None:
    run = bring(owner.tenant_id, LIST)
    waiting = upload_list(owner.tenant_id, LIST)
    missing = uuid.uuid4()
    for tail in ("", "/columns", "/progress", "/refused.csv"):
        answers = [stranger.get(f"/contacts/imports/{key}{tail}") for key in (run.id, waiting.id, missing)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    for tail in ("/columns", "/cancel"):
        for key in (run.id, waiting.id, missing):
            assert stranger.post(f"/contacts/imports/{key}{tail}", MAPPING).status_code == 404
    assert "people.csv" not in stranger.get("/contacts/imports").text
    act_for(owner.tenant_id)
    db.session.refresh(waiting)
    assert waiting.status == "uploaded"


def test_a_strangers_group_is_no_choice(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    foreign = groups.create(stranger.tenant_id, name="Theirs")
    act_for(owner.tenant_id)
    path = send_file(owner, LIST).headers["Location"]
    answer = owner.post(path, MAPPING | {"new_group": "", "group_id": str(foreign.id)})
    assert answer.status_code == 422
    assert "Theirs" not in answer.text


def test_a_viewer_looks_and_changes_nothing(app: Flask, owner: Person) -> None:
    run, waiting = bring(owner.tenant_id, LIST), upload_list(owner.tenant_id, LIST)
    viewer = join(app, owner.tenant_id, "viewer")
    for path in (
        "",
        f"/{run.id}",
        f"/{waiting.id}",
        f"/{run.id}/progress",
        f"/{run.id}/refused.csv",
        "/sample.csv",
    ):
        assert viewer.get(f"/contacts/imports{path}").status_code == 200
    assert "Import another file" not in viewer.get(f"/contacts/imports/{run.id}").text
    for path in ("/new", f"/{waiting.id}/columns"):
        assert viewer.get(f"/contacts/imports{path}").status_code == 403
    assert send_file(viewer, LIST).status_code == 403
    for path in (f"/{waiting.id}/columns", f"/{waiting.id}/cancel"):
        assert viewer.post(f"/contacts/imports{path}", MAPPING).status_code == 403


@pytest.mark.parametrize("size", [100, 8 * 1024 * 1024])
def test_a_file_without_the_token_or_without_a_session_is_not_kept(
    app: Flask, owner: Person, size: int
) -> None:
    def form() -> dict[str, Any]:
        return {"file": (io.BytesIO(b"phone\n" + b"1\n" * size), "people.csv")}

    assert outside(owner.client.post, "/contacts/imports/new", data=form()).status_code == 400
    assert outside(app.test_client().post, "/contacts/imports/new", data=form()).status_code == 303
    assert runs.listed(owner.tenant_id).items == []


def _finish(owner: Person, path: str) -> Any:
    return finish(runs.get(owner.tenant_id, uuid.UUID(path.split("/")[3])))
