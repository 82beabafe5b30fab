import re

from flask import Flask

from tests.builders import make_contact, make_group
from tests.people import Person, join
from webapp.services import contacts, groups


def test_a_group_is_made_changed_deleted_and_restored(owner: Person) -> None:
    made = owner.post("/groups/new", {"name": "Friends", "is_active": "y"})
    path = made.headers["Location"]
    assert "Friends" in owner.get(path).text
    assert owner.post(f"{path}/edit", {"name": "Good friends"}).status_code == 303
    assert owner.post(f"{path}/delete").headers["Location"] == "/groups"
    assert "Undo" in owner.get("/groups").text
    assert owner.get(path).status_code == 404
    assert owner.post(f"{path}/restore").status_code == 303
    assert "Good friends" in owner.get(path).text


def test_a_name_that_is_taken_is_refused_beside_its_field_and_nothing_typed_is_lost(owner: Person) -> None:
    groups.create(owner.tenant_id, name="Friends")
    answer = owner.post("/groups/new", {"name": "FRIENDS", "description": "from school"})
    assert answer.status_code == 422
    assert "Another group has this name." in answer.text
    assert "from school" in answer.text


def test_a_strangers_group_is_not_there(owner: Person, stranger: Person) -> None:
    group = groups.create(owner.tenant_id, name="Friends")
    for path in (f"/groups/{group.id}", f"/groups/{group.id}/edit"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/groups/{group.id}/delete").status_code == 404
    assert groups.get(owner.tenant_id, group.id).name == "Friends"


def test_a_viewer_sees_groups_and_changes_nothing(app: Flask, owner: Person) -> None:
    group = groups.create(owner.tenant_id, name="Friends")
    viewer = join(app, owner.tenant_id, "viewer")
    page = viewer.get("/groups")
    assert "Friends" in page.text
    assert "New group" not in page.text
    assert viewer.post(f"/groups/{group.id}/delete").status_code == 403


def test_the_members_are_listed_searched_and_taken_out(owner: Person) -> None:
    ana, bert = make_contact(owner.tenant_id, "Ana"), make_contact(owner.tenant_id, "Bert")
    make_contact(owner.tenant_id, "Zoe")
    group = make_group(owner.tenant_id, "Friends", ana, bert)
    page = owner.get(f"/groups/{group.id}").text
    assert "2 people" in page
    assert "Zoe" not in page
    assert "Bert" not in owner.get(f"/groups/{group.id}?q=an").text
    owner.post("/contacts/bulk/leave", {"ids": str(ana.id), "group": str(group.id)})
    assert "Bert" in owner.get(f"/groups/{group.id}").text
    assert contacts.get(owner.tenant_id, ana.id).name == "Ana"


def test_a_group_of_nobody_says_what_to_do(owner: Person) -> None:
    group = make_group(owner.tenant_id)
    page = owner.get(f"/groups/{group.id}").text
    assert "Nobody is in this group yet" in page
    assert f"/contacts?to={group.id}" in page
    assert "Tick people, then add them to this group: Friends" in owner.get(f"/contacts?to={group.id}").text


def test_people_are_added_by_number_known_or_new(owner: Person) -> None:
    make_contact(owner.tenant_id, "Dana", phone_number="+5511987654321")
    group = make_group(owner.tenant_id)
    path = f"/groups/{group.id}/people"
    for number, name in (
        ("+55 11 8765 4321", "Other name"),
        ("+49 151 23456789", "Eva"),
        ("+4915123456789", ""),
    ):
        assert (
            owner.post(path, {"phone_number": number, "name": name}).headers["Location"]
            == f"/groups/{group.id}"
        )
    page = owner.get(f"/groups/{group.id}").text
    assert "2 people" in page
    assert {"Dana", "Eva"} == {c.name for c in contacts.listed(owner.tenant_id).items}


def test_a_number_that_can_not_be_read_is_refused_beside_its_field(owner: Person) -> None:
    group = make_group(owner.tenant_id)
    answer = owner.post(f"/groups/{group.id}/people", {"phone_number": "call me", "name": "Eva"})
    assert answer.status_code == 422
    assert "There are letters in this phone number." in answer.text
    assert 'value="call me"' in answer.text
    assert 'value="Eva"' in answer.text


def test_from_a_refused_form_what_is_done_with_people_leads_back_to_the_group(owner: Person) -> None:
    group = make_group(owner.tenant_id, "Friends", make_contact(owner.tenant_id, "Ana"))
    page = owner.post(f"/groups/{group.id}/people", {"phone_number": "call me"}).text
    assert set(re.findall(r'name="next" value="([^"]*)"', page)) == {f"/groups/{group.id}"}


def test_nobody_is_added_to_a_strangers_group(owner: Person, stranger: Person) -> None:
    group = make_group(owner.tenant_id)
    answer = stranger.post(f"/groups/{group.id}/people", {"phone_number": "+4915123456789"})
    assert answer.status_code == 404
    assert contacts.listed(owner.tenant_id).items == []


def test_the_trash_of_groups_keeps_their_people(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    group = make_group(owner.tenant_id, "Friends", dana)
    owner.post(f"/groups/{group.id}/delete")
    assert "Friends" not in owner.get(f"/contacts/{dana.id}").text.split("toasts")[0]
    owner.post(f"/groups/{group.id}/restore")
    assert "Friends" in owner.get(f"/contacts/{dana.id}").text.split("toasts")[0]
