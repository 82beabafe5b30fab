"""What an import does with people who exist, with groups, and with those who said no."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.imports import bring, counts, finish, people, start_list, upload_list
from tests.people import Person
from webapp.db import act_for, db
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.models.audit_log import AuditEntry
from webapp.models.contacts import Contact
from webapp.models.events import Event
from webapp.models.groups import Group
from webapp.models.imports import ImportChunk, ImportRow, ImportRun
from webapp.models.opt_outs import OptOut
from webapp.services import groups
from webapp.services.imports import runs, work
from webapp.services.imports.preview import Reading, preview
from webapp.services.imports.start import Choice, start

ANN, BOB, EVE = "+4915110000001", "+4915110000002", "+4915110000003"


def test_the_same_file_again_changes_nothing(owner: Person) -> None:
    data = f"name,phone,city\nAnn,{ANN},Bonn\nBob,{BOB},\nAnn S,{ANN},Köln\nX,1,\n"
    assert counts(bring(owner.tenant_id, data)) == {"added": 2, "repeated": 1, "refused": 1}
    assert counts(bring(owner.tenant_id, data)) == {"unchanged": 2, "repeated": 1, "refused": 1}


def test_the_last_of_several_rows_about_one_person_counts_however_far_apart(owner: Person) -> None:
    between = "".join(f"P,+49151{20_000_000 + n}\n" for n in range(9_000))
    data = f"name,phone\nFirst,{ANN}\n{between}Second,0049{ANN[3:]}\n{between}Third,{ANN}\n"
    assert counts(bring(owner.tenant_id, data)) == {"added": 9_001, "repeated": 9_002}
    assert people(owner.tenant_id)[ANN].name == "Third"


def test_update_replaces_what_the_file_says_and_an_empty_cell_changes_nothing(owner: Person) -> None:
    bring(owner.tenant_id, f"name,phone,city,plan\nAnn,{ANN},Bonn,gold\nBob,{BOB},Köln,\n")
    run = bring(owner.tenant_id, f"name,phone,city,tag\n,{ANN},Berlin,\nRobert,{BOB},,new\n")
    assert counts(run) == {"updated": 2}
    found = people(owner.tenant_id)
    assert (found[ANN].name, found[ANN].attributes) == ("Ann", {"city": "Berlin", "plan": "gold"})
    assert (found[BOB].name, found[BOB].attributes) == ("Robert", {"city": "Köln", "tag": "new"})


def test_fill_touches_only_what_is_empty(owner: Person) -> None:
    bring(owner.tenant_id, f"name,phone,city\nAnn,{ANN},Bonn\n,{BOB},\n")
    people(owner.tenant_id)[ANN].attributes = {"city": "Bonn", "plan": ""}
    db.session.commit()
    data = f"name,phone,city,plan\nAnna,{ANN},Berlin,gold\nBob,{BOB},Köln,\nEve,{EVE},,\n"
    assert counts(bring(owner.tenant_id, data, on_existing="fill")) == {"added": 1, "updated": 2}
    found = people(owner.tenant_id)
    assert (found[ANN].name, found[ANN].attributes) == ("Ann", {"city": "Bonn", "plan": "gold"})
    assert (found[BOB].name, found[BOB].attributes) == ("Bob", {"city": "Köln"})
    assert counts(bring(owner.tenant_id, data, on_existing="fill")) == {"unchanged": 3}


def test_keep_adds_the_new_and_leaves_the_others_but_all_join_the_group(owner: Person) -> None:
    bring(owner.tenant_id, f"name,phone\nAnn,{ANN}\n")
    run = bring(
        owner.tenant_id, f"name,phone\nAnna,{ANN}\nBob,{BOB}\n", on_existing="keep", new_group="Guests"
    )
    assert counts(run) == {"added": 1, "unchanged": 1}
    assert people(owner.tenant_id)[ANN].name == "Ann"
    assert _group(owner, "Guests").contact_count == 2


def test_an_attribute_in_another_case_is_the_same_attribute(owner: Person) -> None:
    bring(owner.tenant_id, f"phone,City\n{ANN},Bonn\n{BOB},Bonn\n+4915110000004,Bonn\n")
    people(owner.tenant_id)[BOB].attributes = {"CITY": "Ulm"}
    db.session.commit()
    bring(owner.tenant_id, f"phone,city\n{ANN},Berlin\n{BOB},Berlin\n{EVE},Berlin\n")
    found = people(owner.tenant_id)
    assert found[ANN].attributes == {"City": "Berlin"}
    assert [list(found[number].attributes.values()) for number in (BOB, EVE)] == [["Berlin"], ["Berlin"]]
    bring(owner.tenant_id, f"phone,CiTy\n{ANN},Rom\n", on_existing="fill")
    assert people(owner.tenant_id)[ANN].attributes == {"City": "Berlin"}


def test_an_opt_out_stays_when_the_contact_was_deleted_and_comes_again(owner: Person) -> None:
    bring(owner.tenant_id, f"name,phone\nAnn,{ANN}\n")
    contact = people(owner.tenant_id)[ANN]
    db.session.add(
        OptOut(
            tenant_id=owner.tenant_id, phone_key=contact.phone_key, source="stop_word", at=datetime.now(UTC)
        )
    )
    contact.deleted_at = datetime.now(UTC)
    db.session.commit()
    assert counts(bring(owner.tenant_id, f"name,phone,active\nAnn,{ANN},yes\n")) == {"added": 1}
    standing = db.session.scalars(OptOut.of(owner.tenant_id)).one()
    assert standing.lifted_at is None
    assert standing.phone_key == people(owner.tenant_id)[ANN].phone_key


def test_a_contact_in_the_trash_stays_there_and_its_number_becomes_a_new_contact(owner: Person) -> None:
    bring(owner.tenant_id, f"name,phone,city\nAnn,{ANN},Bonn\n")
    old = people(owner.tenant_id)[ANN]
    old.deleted_at = datetime.now(UTC)
    db.session.commit()
    assert counts(bring(owner.tenant_id, f"name,phone\nAnna,{ANN}\n")) == {"added": 1}
    new = people(owner.tenant_id)[ANN]
    assert (new.name, new.attributes, new.id != old.id) == ("Anna", {}, True)
    assert db.session.scalars(Contact.of(owner.tenant_id, deleted=True)).one().id == old.id


def test_a_column_of_yes_and_no_activates_and_deactivates(owner: Person) -> None:
    bring(owner.tenant_id, f"phone,active\n{ANN},ja\n{BOB},nein\n{EVE},\n")
    assert [people(owner.tenant_id)[number].is_active for number in (ANN, BOB, EVE)] == [True, False, True]
    run = bring(owner.tenant_id, f"phone,active\n{ANN},0\n{BOB},\n{EVE},perhaps\n")
    assert counts(run) == {"updated": 1, "unchanged": 1, "refused": 1}
    assert [people(owner.tenant_id)[number].is_active for number in (ANN, BOB, EVE)] == [False, False, True]
    bring(owner.tenant_id, f"phone,active\n{ANN},1\n", on_existing="fill")
    assert not people(owner.tenant_id)[ANN].is_active


def test_a_file_that_says_nothing_about_active_leaves_the_inactive_as_they_are(owner: Person) -> None:
    bring(owner.tenant_id, f"phone,active\n{ANN},no\n")
    assert counts(bring(owner.tenant_id, f"name,phone\nAnn,{ANN}\n")) == {"updated": 1}
    assert not people(owner.tenant_id)[ANN].is_active


def test_people_join_an_old_group_once_and_the_group_is_told_once(owner: Person) -> None:
    group = groups.create(owner.tenant_id, name="Guests")
    for _ in range(2):
        bring(owner.tenant_id, f"phone\n{ANN}\n{BOB}\n{ANN}\n", group_id=group.id)
    assert _group(owner, "Guests").contact_count == 2
    told = db.session.scalars(db.select(Event).where(Event.type == "group_updated")).all()
    assert [event.payload["contactCount"] for event in told] == [2, 2]


def test_the_end_of_an_import_is_told_once_with_its_figures(owner: Person) -> None:
    run = bring(owner.tenant_id, f"phone\n{ANN}\n{BOB}\nx\n")
    for _ in range(3):
        work.advance(run.tenant_id, run.id)
    (told,) = db.session.scalars(
        db.select(Event).where(Event.type.in_(("contacts_imported", "contact_created")))
    )
    assert told.type == "contacts_imported"
    assert {name: told.payload[name] for name in ("status", "rows", "added", "refused")} == {
        "status": "completed", "rows": 3, "added": 2, "refused": 1,
    }  # fmt: skip


def test_what_was_taken_is_forgotten_and_what_was_refused_is_kept(owner: Person) -> None:
    run = bring(owner.tenant_id, f"phone\n{ANN}\nx\n")
    (row,) = db.session.scalars(db.select(ImportRow).where(ImportRow.import_run_id == run.id))
    assert (row.row_number, row.cells) == (2, ["x"])
    assert _pieces(run) == 0


def test_a_started_import_can_not_be_started_again(owner: Person) -> None:
    run = start_list(owner.tenant_id, f"phone\n{ANN}\n")
    with pytest.raises(Conflict):
        start(owner.tenant_id, run.id, None, reading=Reading(), choice=Choice(["phone_number"]))
    assert db.session.scalars(db.select(AuditEntry.action).where(AuditEntry.object_id == run.id)).all() == [
        "import_started"
    ]


def test_cancelling_stops_the_import_and_leaves_nothing_of_the_file(owner: Person) -> None:
    people_lines = "".join(f"+49151{20_000_000 + n}\n" for n in range(9_000))
    run = start_list(owner.tenant_id, f"phone\nbad\n{people_lines}")
    while not run.merged_rows:
        work._step(run.tenant_id, run.id)
        db.session.refresh(run)
    runs.cancel(run.tenant_id, run.id)
    there = len(people(owner.tenant_id))
    assert 0 < there < 9_000
    finish(run)
    assert run.status == "cancelled"
    assert len(people(owner.tenant_id)) == there
    assert db.session.scalars(
        db.select(ImportRow.row_number).where(ImportRow.import_run_id == run.id)
    ).all() == [1]
    assert _pieces(run) == 0
    assert (
        db.session.scalars(db.select(Event.payload).where(Event.type == "contacts_imported")).one()["added"]
        == there
    )
    with pytest.raises(Conflict):
        runs.cancel(run.tenant_id, run.id)


def test_an_upload_waits_a_day_for_its_columns_and_not_longer(owner: Person) -> None:
    run = upload_list(owner.tenant_id, f"phone\n{ANN}\n")
    work.advance(run.tenant_id, run.id)
    db.session.refresh(run)
    assert run.status == "uploaded"
    run.created_at -= timedelta(days=1, minutes=1)
    db.session.commit()
    finish(run)
    assert (run.status, _pieces(run)) == ("cancelled", 0)
    assert "within a day" in str(runs.failure(run))


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        (["name", "", ""], "Choose the column with the phone number."),
        (["phone_number", "phone_number", ""], "Two columns are both the phone number."),
        (["phone_number", "name", "name"], "Two columns are both the name."),
        (["phone_number", "name", "first_name"], "not both"),
        (["phone_number", "attribute:City", "attribute:city "], "Two columns become the attribute “city”."),
        (["phone_number", "attribute:!!", ""], "needs a name"),
        (["phone_number", "tenant_id", ""], "Choose what each column is."),
        (["phone_number", "name"], "have changed"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(owner: Person, targets: list[str], sentence: str) -> None:
    run = upload_list(owner.tenant_id, f"a,b,c\n{ANN},x,y\n")
    with pytest.raises(Invalid) as refusal:
        start(owner.tenant_id, run.id, None, reading=Reading(has_header=True), choice=Choice(targets))
    assert refusal.value.field == "columns"
    assert sentence in str(refusal.value)


def test_a_strangers_group_is_refused_and_nothing_starts(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    foreign = groups.create(stranger.tenant_id, name="Theirs")
    act_for(owner.tenant_id)
    run = upload_list(owner.tenant_id, f"phone\n{ANN}\n")
    for group_id in (foreign.id, uuid.uuid4()):
        with pytest.raises(Invalid) as refusal:
            start(
                owner.tenant_id,
                run.id,
                None,
                reading=Reading(),
                choice=Choice(["phone_number"], group_id=group_id),
            )
        assert refusal.value.field == "group_id"
    assert runs.get(owner.tenant_id, run.id).status == "uploaded"


def test_a_stranger_does_not_find_an_import(owner: Person, stranger: Person) -> None:
    run = start_list(owner.tenant_id, f"phone\n{ANN}\n")
    act_for(stranger.tenant_id)
    with pytest.raises(NotFound):
        runs.get(stranger.tenant_id, run.id)
    work.advance(stranger.tenant_id, run.id)
    assert people(stranger.tenant_id) == {}
    act_for(owner.tenant_id)
    assert counts(finish(run)) == {"added": 1}


def test_first_and_last_name_become_one_name(owner: Person) -> None:
    bring(owner.tenant_id, f"Nachname;Vorname;Handy\nSmith;Ann;{ANN}\n;Bob;{BOB}\n")
    assert [people(owner.tenant_id)[number].name for number in (ANN, BOB)] == ["Ann Smith", "Bob"]


def test_numbers_without_country_code_need_a_country(owner: Person) -> None:
    data = "phone\n0151 10000001\n"
    assert counts(bring(owner.tenant_id, data)) == {"refused": 1}
    assert counts(bring(owner.tenant_id, data, reading=Reading(default_country="DE"))) == {"added": 1}
    assert list(people(owner.tenant_id)) == [ANN]


def test_the_preview_shows_cells_guesses_and_how_many_numbers_can_be_read(owner: Person) -> None:
    run = upload_list(owner.tenant_id, f"Telefon,Name,Stadt,\n{ANN},Ann,Bonn,x\n0151 10000002,Bob,,y\n")
    seen = preview(run, Reading())
    assert [column.target for column in seen.columns] == ["phone_number", "name", "attribute:Stadt", ""]
    assert seen.columns[2].cells == ["Bonn", ""]
    assert (seen.readable, seen.looked_at) == (1, 2)
    assert preview(run, Reading(default_country="DE")).readable == 2


def _group(owner: Person, name: str) -> Group:
    query = Group.of(owner.tenant_id).where(Group.name == name).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _pieces(run: ImportRun) -> int:
    query = db.select(db.func.count()).select_from(ImportChunk).where(ImportChunk.import_run_id == run.id)
    return db.session.scalar(query) or 0
