from dataclasses import replace

import pytest
from flask import Flask

from tests.numbers import ACCESS, make_number, typed
from tests.people import Person, join
from webapp.db import db
from webapp.models.campaigns import Campaign
from webapp.services import whatsapp_instances


def test_a_number_is_connected_changed_paused_deleted_and_restored(owner: Person) -> None:
    assert "Connect the first number" in owner.get("/numbers").text
    made = owner.post("/numbers/new", typed())
    path = made.headers["Location"]
    page = owner.get(path).text
    assert "The number is being checked." in page
    assert "+1 202-555-0142" in page
    assert owner.post(f"{path}/edit", typed(name="Harbour shop")).status_code == 303
    assert "Harbour shop" in owner.get("/numbers?q=harb").text
    owner.post(f"{path}/pause")
    assert "This number is paused" in owner.get(path).text
    owner.post(f"{path}/unpause")
    assert "The number is being checked." in owner.get(path).text
    assert owner.post(f"{path}/delete").headers["Location"] == "/numbers"
    assert "Undo" in owner.get("/numbers").text
    assert owner.get(path).status_code == 404
    assert "Harbour shop" in owner.get("/numbers?trash=1").text
    assert owner.post(f"{path}/restore").status_code == 303
    assert "Harbour shop" in owner.get(path).text


def test_a_new_number_is_offered_a_verify_token_that_nobody_can_guess(owner: Person) -> None:
    pages = [owner.get("/numbers/new").text for _ in range(2)]
    tokens = {page.split('name="verify_token"')[1].split('value="')[1].split('"')[0] for page in pages}
    assert len(tokens) == 2
    assert all(len(token) > 30 for token in tokens)


def test_what_is_refused_stands_beside_its_field_and_what_was_typed_is_kept(owner: Person) -> None:
    answer = owner.post("/numbers/new", typed(base_url="http://169.254.169.254/", name="Harbour shop"))
    assert answer.status_code == 422
    assert "never called" in answer.text
    assert "Harbour shop" in answer.text
    assert not any(ACCESS[name] in answer.text for name in ("access_token", "app_secret"))


def test_everything_that_is_wrong_is_said_at_once(owner: Person) -> None:
    answer = owner.post("/numbers/new", typed(name="", phone_number_id="abc", api_version="latest"))
    assert answer.status_code == 422
    assert "3 fields need your attention" in answer.text
    assert "up to 20 digits" in answer.text
    assert "A version looks like v23.0." in answer.text


def test_the_second_number_with_the_same_id_is_refused_in_words(owner: Person) -> None:
    make_number(owner.tenant_id)
    answer = owner.post("/numbers/new", typed(name="Again"))
    assert answer.status_code == 422
    assert "Another number here has this id at WhatsApp." in answer.text


def test_no_page_ever_shows_the_token_or_the_app_secret(owner: Person) -> None:
    path = f"/numbers/{make_number(owner.tenant_id).id}"
    pages = [owner.get(page).text for page in ("/numbers", path, f"{path}/state", f"{path}/edit")]
    for name in ("access_token", "app_secret"):
        assert not any(ACCESS[name] in page for page in pages)
    assert "ends in 1234" in pages[1]
    assert "ends in 5678" in pages[3]


def test_an_edit_with_empty_secrets_keeps_them(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    owner.post(f"/numbers/{number.id}/edit", typed(name="Renamed", access_token="", app_secret=""))
    db.session.expire_all()
    kept = whatsapp_instances.get(owner.tenant_id, number.id)
    assert kept.name == "Renamed"
    assert whatsapp_instances.secrets_of(kept).access_token == ACCESS["access_token"]


def test_the_page_asks_for_itself_only_while_a_check_goes_on(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    path = f"/numbers/{number.id}"
    assert f'hx-get="{path}/state"' in owner.get(path).text
    fragment = owner.get(f"{path}/state", htmx=True).text
    assert fragment.count('id="number-state"') == 1
    assert "<html" not in fragment
    number.status = "connected"
    db.session.commit()
    assert "hx-get" not in owner.get(f"{path}/state", htmx=True).text
    assert "The number is connected" in owner.get(path).text


def test_what_the_check_found_is_said_with_advice_and_whatsapps_own_words(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    problem = {
        "sentence": "The access token has expired.",
        "advice": "Put in a new one.",
        "details": "<b>190</b> 100%",
    }
    number.status, number.check_result = "refused", {"problems": [problem | {"blocking": True}]}
    db.session.commit()
    page = owner.get(f"/numbers/{number.id}").text
    assert "The access token has expired." in page
    assert "Put in a new one." in page
    assert "&lt;b&gt;190&lt;/b&gt; 100%" in page


def test_callback_address_and_verify_token_are_for_those_who_connect_numbers(
    app: Flask, owner: Person
) -> None:
    number = make_number(owner.tenant_id)
    address = f"http://localhost/callbacks/whatsapp/{number.id}"
    manager, sender = (join(app, owner.tenant_id, role) for role in ("manager", "sender"))
    for person, may in ((owner, True), (manager, True), (sender, False)):
        page = person.get(f"/numbers/{number.id}").text
        assert (address in page) is may
        assert (ACCESS["verify_token"] in page) is may


def test_a_page_of_metas_number_says_that_meta_can_not_reach_a_private_address(
    app: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = make_number(owner.tenant_id)
    assert "Meta can not reach http://localhost" in owner.get(f"/numbers/{number.id}").text
    public = replace(app.config["CRIER"], base_url="https://crier.example.com")
    monkeypatch.setitem(app.config, "CRIER", public)
    assert "Meta can not reach" not in owner.get(f"/numbers/{number.id}").text


def test_roles_below_manager_see_numbers_and_change_nothing(app: Flask, owner: Person) -> None:
    number = make_number(owner.tenant_id)
    path = f"/numbers/{number.id}"
    for role in ("viewer", "sender"):
        person = join(app, owner.tenant_id, role)
        page = person.get("/numbers").text
        assert "Shop" in page
        assert "Connect a number" not in page
        assert person.get("/numbers/new").status_code == person.get(f"{path}/edit").status_code == 403
        for act in ("edit", "check", "pause", "unpause", "delete", "restore"):
            assert person.post(f"{path}/{act}", typed()).status_code == 403
    assert join(app, owner.tenant_id, "manager").post(f"{path}/pause").status_code == 303


def test_a_strangers_number_is_not_there(owner: Person, stranger: Person) -> None:
    path = f"/numbers/{make_number(owner.tenant_id).id}"
    for page in (path, f"{path}/state", f"{path}/edit"):
        assert stranger.get(page).status_code == 404
    for act in ("edit", "check", "pause", "unpause", "delete", "restore"):
        assert stranger.post(f"{path}/{act}", typed()).status_code == 404
    assert "Shop" not in stranger.get("/numbers").text


def test_a_number_that_a_campaign_needs_is_kept_and_the_campaign_named(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    campaign = Campaign(
        tenant_id=owner.tenant_id, name="Spring", whatsapp_instance_id=number.id, status="running"
    )
    db.session.add(campaign)
    db.session.commit()
    answer = owner.post(f"/numbers/{number.id}/delete")
    assert answer.headers["Location"] == f"/numbers/{number.id}"
    page = owner.get(f"/numbers/{number.id}").text
    assert "“Spring”" in page
    assert f'href="/campaigns/{campaign.id}"' in page
