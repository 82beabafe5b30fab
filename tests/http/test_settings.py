import re

from flask import Flask

from tests.people import Person, join, make_person, outside
from webapp.db import act_for, db
from webapp.models.audit_log import AuditEntry
from webapp.models.tenants import Tenant
from webapp.models.users import Membership, User
from webapp.services import accounts

TYPED = {
    "name": "Acme",
    "time_zone": "Europe/Berlin",
    "locale": "en",
    "default_country": "DE",
    "opt_out_words": "",
}


def tenant_of(person: Person) -> Tenant:
    return db.session.get_one(Tenant, person.tenant_id, populate_existing=True)


def audited(person: Person, action: str) -> list[AuditEntry]:
    return list(db.session.scalars(AuditEntry.of(person.tenant_id).where(AuditEntry.action == action)))


def link_in(page: str) -> str:
    found = re.search(r"http://localhost(/link/[\w-]+)", page)
    assert found
    return found[1]


def open_link(app: Flask, path: str, password: str = "") -> int:
    client = app.test_client()
    page = outside(client.get, path).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        return outside(client.get, path).status_code
    return outside(client.post, path, data={"csrf_token": token[1], "password": password}).status_code


def is_signed_in(person: Person) -> bool:
    return person.get("/groups").status_code == 200


def test_an_owner_sets_what_holds_for_everybody(owner: Person) -> None:
    words = "No more\n\nSTOP\nno  MORE\n¡Ya no!\n!!!"
    assert owner.post("/settings", TYPED | {"name": " Acme  Ltd ", "opt_out_words": words}).status_code == 303
    tenant = tenant_of(owner)
    assert (tenant.name, tenant.time_zone, tenant.default_country) == ("Acme Ltd", "Europe/Berlin", "DE")
    assert tenant.opt_out_words == ["No more", "¡Ya no!"]
    assert re.search(r'name="opt_out_words"[^>]*>\s*No more\s¡Ya no!</textarea>', owner.get("/settings").text)
    assert [entry.user_id for entry in audited(owner, "tenant_changed")] == [owner.user_id]
    assert "Acme Ltd" in owner.get("/settings").text


def test_settings_that_do_not_exist_are_refused_and_nothing_is_saved(owner: Person) -> None:
    for wrong in (
        {"name": ""},
        {"name": "x" * 101},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "localtime"},
        {"locale": "tlh"},
        {"default_country": "ZZ"},
        {"opt_out_words": "x" * 41},
        {"opt_out_words": "\n".join(f"word{n}" for n in range(51))},
    ):
        assert owner.post("/settings", TYPED | {"name": "Other"} | wrong).status_code == 422, wrong
    assert tenant_of(owner).name == "Acme"
    assert tenant_of(owner).time_zone == "UTC"


def test_whoever_is_no_owner_reads_settings_and_people_and_changes_neither(app: Flask, owner: Person) -> None:
    manager = join(app, owner.tenant_id, "manager")
    page = manager.get("/settings").text
    assert "Only an owner changes this." in page
    assert "Save" not in page
    assert owner.email in manager.get("/settings/people").text
    assert "/settings/people/" not in manager.get("/settings/people").text
    for path in ("/settings/people/new", f"/settings/people/{owner.user_id}"):
        assert manager.get(path).status_code == 403
        assert manager.post(path, {"email": "a@example.org", "role": "owner"}).status_code == 403
    assert manager.post("/settings", TYPED).status_code == 403
    for act in ("link", "remove"):
        assert manager.post(f"/settings/people/{manager.user_id}/{act}").status_code == 403


def test_a_password_is_changed_and_the_other_browsers_are_signed_out(app: Flask, owner: Person) -> None:
    here, there = (open_again(app, owner) for _ in range(2))
    assert here.post("/settings/password", {"password": "lantern meadow sixteen"}).status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)
    answer = here.post("/settings/password", {"old_password": "wrong", "password": "copper violin harbour"})
    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    again = here.post(
        "/settings/password", {"old_password": "lantern meadow sixteen", "password": "copper violin harbour"}
    )
    assert again.status_code == 303
    assert len(audited(owner, "password_changed")) == 2


def open_again(app: Flask, person: Person) -> Person:
    """The same person in another browser."""
    client = app.test_client()
    path = f"/link/{accounts.link_user(person.email)}"
    page = outside(client.get, path).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    outside(client.post, path, data={"csrf_token": token[1]})
    act_for(person.tenant_id)
    return Person(client, person.tenant_id, person.user_id, person.email)


def test_an_owner_adds_a_person_and_hands_over_a_link_that_works_once(app: Flask, owner: Person) -> None:
    page = owner.post("/settings/people/new", {"email": " Ana@Example.org ", "role": "sender"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    path = link_in(page.text)
    assert open_link(app, path, "lantern meadow sixteen") == 303
    assert open_link(app, path) == 404
    assert "ana@example.org" in owner.get("/settings/people").text
    assert [entry.details for entry in audited(owner, "user_added")] == [{"role": "sender"}]


def test_a_person_who_is_here_or_a_wrong_address_is_refused_beside_the_field(
    app: Flask, owner: Person
) -> None:
    member = join(app, owner.tenant_id, "viewer")
    answer = owner.post("/settings/people/new", {"email": member.email, "role": "owner"})
    assert (answer.status_code, "This person is here already." in answer.text) == (422, True)
    answer = owner.post("/settings/people/new", {"email": "nobody", "role": "owner"})
    assert (answer.status_code, "This is not an e-mail address." in answer.text) == (422, True)
    assert owner.post("/settings/people/new", {"email": "a@example.org", "role": "king"}).status_code == 422


def test_an_owner_gets_no_link_to_somebody_of_another_tenant(
    app: Flask, owner: Person, stranger: Person
) -> None:
    answer = owner.post("/settings/people/new", {"email": stranger.email, "role": "viewer"})
    assert answer.status_code == 422
    assert "/link/" not in answer.text
    accounts.add_user(owner.tenant_id, stranger.email, "viewer")
    answer = owner.post(f"/settings/people/{stranger.user_id}/link")
    assert answer.status_code == 409
    assert "/link/" not in answer.text


def test_whoever_left_begins_anew_elsewhere_with_neither_the_old_link_nor_the_old_password(
    app: Flask, owner: Person
) -> None:
    page = owner.post("/settings/people/new", {"email": "ana@example.org", "role": "viewer"})
    assert open_link(app, link_in(page.text), "lantern meadow sixteen") == 303
    ana = db.session.scalar(db.select(User).where(User.email == "ana@example.org"))
    assert ana is not None
    old_link = link_in(owner.post(f"/settings/people/{ana.id}/link").text)
    owner.post(f"/settings/people/{ana.id}/remove")
    other = make_person(app, tenant="Others")
    new_link = link_in(
        other.post("/settings/people/new", {"email": "ana@example.org", "role": "viewer"}).text
    )
    db.session.refresh(ana)
    assert ana.password_hash is None
    assert open_link(app, old_link) == 404
    assert open_link(app, new_link) == 303


def test_a_changed_role_signs_the_person_out_and_is_audited(app: Flask, owner: Person) -> None:
    member = join(app, owner.tenant_id, "viewer")
    assert is_signed_in(member)
    assert owner.post(f"/settings/people/{member.user_id}", {"role": "manager"}).status_code == 303
    assert not is_signed_in(member)
    assert (
        db.session.get_one(Membership, (owner.tenant_id, member.user_id), populate_existing=True).role
        == "manager"
    )
    (entry,) = audited(owner, "role_changed")
    assert (entry.user_id, entry.object_id) == (owner.user_id, member.user_id)
    assert entry.details == {"was": "viewer", "role": "manager"}


def test_a_removed_person_is_out_at_once(app: Flask, owner: Person) -> None:
    member = join(app, owner.tenant_id, "manager")
    link = link_in(owner.post(f"/settings/people/{member.user_id}/link").text)
    assert owner.post(f"/settings/people/{member.user_id}/remove").status_code == 303
    assert not is_signed_in(member)
    assert open_link(app, link) == 403
    owner.get("/groups")
    assert member.email not in owner.get("/settings/people").text
    assert len(audited(owner, "user_removed")) == 1


def test_the_last_owner_can_neither_leave_nor_step_down(app: Flask, owner: Person) -> None:
    mine = f"/settings/people/{owner.user_id}"
    assert owner.post(f"{mine}/remove").status_code == 409
    answer = owner.post(mine, {"role": "viewer"})
    assert (answer.status_code, "Somebody must stay owner." in answer.text) == (409, True)
    assert is_signed_in(owner)
    second = join(app, owner.tenant_id, "owner")
    assert owner.post(mine, {"role": "viewer"}).status_code == 303
    assert second.post(f"{mine}/remove").status_code == 303
    assert second.post(f"/settings/people/{second.user_id}/remove").status_code == 409


def test_people_of_another_tenant_are_not_there(owner: Person, stranger: Person) -> None:
    path = f"/settings/people/{owner.user_id}"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"role": "viewer"}).status_code == 404
    assert stranger.post(f"{path}/remove").status_code == 404
    assert stranger.post(f"{path}/link").status_code == 404
    assert owner.email not in stranger.get("/settings/people").text


def test_a_person_of_two_tenants_goes_from_one_to_the_other(
    app: Flask, owner: Person, stranger: Person
) -> None:
    assert "Your other organisations" not in owner.get("/settings").text
    assert owner.post(f"/settings/switch/{stranger.tenant_id}").status_code == 404
    accounts.add_user(stranger.tenant_id, owner.email, "viewer")
    old = outside(owner.client.get_cookie, "crier_session")
    assert "Others" in owner.get("/settings").text
    assert owner.post(f"/settings/switch/{stranger.tenant_id}").status_code == 303
    page = owner.get("/settings").text
    assert '<span class="top-tenant" translate="no" dir="auto">Others</span>' in page
    assert "Only an owner changes this." in page
    owner.client.set_cookie("crier_session", old.value)
    assert owner.get("/settings").status_code == 303


def test_a_password_chosen_by_link_ends_all_other_sessions(app: Flask, owner: Person) -> None:
    link = f"/link/{accounts.link_user(owner.email)}"
    assert is_signed_in(owner)
    assert open_link(app, link, "lantern meadow sixteen") == 303
    assert not is_signed_in(owner)


def test_the_account_menu_leads_to_ones_other_organisations(app: Flask, owner: Person) -> None:
    other, _ = accounts.create_tenant("Second house", owner.email)
    page = owner.get("/").text
    assert f"/settings/switch/{other.id}" in page
    assert "Second house" in page


def test_countries_stand_where_people_look_for_them(owner: Person) -> None:
    page = owner.get("/settings").text
    assert page.index("Albania") > page.index("Åland Islands") > page.index("Afghanistan")
    assert page.index("Croatia") > page.index("Côte d’Ivoire") > page.index("Costa Rica")
