from flask import Flask
from webapp.services import groups

from tests.people import Person, join


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
