import re
import uuid
from html import unescape

import pytest
from flask import Flask

from tests.builders import make_contact, make_group
from tests.people import Person, join
from tests.watching import make_running
from webapp.db import act_for, db
from webapp.models.messages_history import Message
from webapp.models.recipients import Recipient
from webapp.models.tenants import Tenant
from webapp.services import contact_acts, contacts, groups, opt_outs
from webapp.views import contact_bulk


def names(person: Person, **which: object) -> list[str]:
    act_for(person.tenant_id)
    db.session.expire_all()
    return [contact.name for contact in contacts.listed(person.tenant_id, **which).items]  # type: ignore[arg-type]


def undo(person: Person, page: str) -> None:
    """Press Undo in the toast of a page."""
    form = r'<form method="post" action="([^"]+)" class="form-bare">((?:(?!</form>).)*)toast-undo'
    found = re.search(form, page, re.S)
    assert found, "no toast with Undo"
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', found[2]):
        fields.setdefault(name, []).append(value.replace("&#43;", "+"))
    assert person.post(found[1], fields).status_code == 303


def test_a_contact_is_made_looked_at_changed_deleted_and_restored(owner: Person) -> None:
    group = make_group(owner.tenant_id, "Friends")
    typed = {
        "phone_number": "+49 151 23456789", "name": "Dana Müller", "is_active": "y", "group_ids": str(group.id),
        "attributes-0-name": "City", "attributes-0-value": "Berlin", "attributes-1-name": "", "attributes-1-value": "",
    }  # fmt: skip
    path = owner.post("/contacts/new", typed).headers["Location"]
    page = owner.get(path).text
    for shown in ("Dana Müller", "+49 1512 3456789", "City", "Berlin", "Friends"):
        assert shown in page
    edit = owner.get(f"{path}/edit").text
    assert 'value="Berlin"' in edit
    assert "attributes-1-name" in edit, "a free row"
    assert (
        owner.post(f"{path}/edit", {"phone_number": "+49 151 23456789", "name": "Dana Schmidt"}).status_code
        == 303
    )
    page = owner.get(path).text
    assert "Dana Schmidt" in page
    assert "Berlin" not in page
    assert "Inactive" in page
    assert owner.post(f"{path}/delete").headers["Location"] == "/contacts"
    listed = owner.get("/contacts").text
    assert owner.get(path).status_code == 404
    assert "Dana Schmidt" in owner.get("/contacts?trash=1").text
    undo(owner, listed)
    assert owner.get(path).status_code == 200


def test_a_refused_number_stands_beside_its_field_and_nothing_typed_is_lost(owner: Person) -> None:
    typed = {
        "phone_number": "0151 23456789",
        "name": "Dana",
        "attributes-0-name": "City",
        "attributes-0-value": "Bonn",
    }
    answer = owner.post("/contacts/new", typed)
    assert answer.status_code == 422
    assert "The country code is missing" in answer.text
    assert 'id="phone_number-error"' in answer.text
    for kept in ("0151 23456789", "Dana", "City", "Bonn"):
        assert f'value="{kept}"' in answer.text
    assert names(owner) == []


def test_a_number_that_is_there_already_names_whose_it_is(owner: Person) -> None:
    make_contact(owner.tenant_id, "Dana <3", phone_number="+4915123456789")
    other = make_contact(owner.tenant_id, "Eva")
    for path in ("/contacts/new", f"/contacts/{other.id}/edit"):
        answer = owner.post(path, {"phone_number": "+49 (0) 151 23456789", "name": "Again"})
        assert answer.status_code == 422
        assert "This number is already in your list: Dana &lt;3" in answer.text
    assert names(owner) == ["Eva", "Dana <3"]


def test_the_tenants_country_reads_national_numbers(owner: Person) -> None:
    db.session.get_one(Tenant, owner.tenant_id).default_country = "DE"
    db.session.commit()
    assert owner.post("/contacts/new", {"phone_number": "0151 23456789"}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"attributes-0-name": "", "attributes-0-value": "Bonn"}, "“Bonn” needs a name"),
        (
            {"attributes-0-name": "a", "attributes-0-value": "1", "attributes-1-name": "A", "attributes-1-value": "2"},
            "there twice",
        ),
        ({"name": "x" * 201}, "200"),
        ({"group_ids": "nonsense"}, "Groups"),
        ({"group_ids": str(uuid.uuid4())}, "Groups"),
    ],
)  # fmt: skip
def test_what_can_not_be_kept_is_refused(owner: Person, typed: dict[str, str], sentence: str) -> None:
    answer = owner.post("/contacts/new", {"phone_number": "+4915123456789", **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert names(owner) == []


def test_one_more_row_is_added_without_saving(owner: Person) -> None:
    typed = {
        "phone_number": "12",
        "name": "Dana",
        "attributes-0-name": "City",
        "attributes-0-value": "Bonn",
        "more": "1",
    }
    for path in ("/contacts/new", f"/contacts/{make_contact(owner.tenant_id, 'Eva').id}/edit"):
        answer = owner.post(path, typed)
        assert answer.status_code == 200
        assert 'name="attributes-1-name"' in answer.text
        assert 'value="Bonn"' in answer.text
    assert names(owner) == ["Eva"]


def test_a_value_of_several_lines_comes_back_unchanged(owner: Person) -> None:
    dana = make_contact(owner.tenant_id, attributes={"note": "\none\n</textarea>two"})
    page = owner.get(f"/contacts/{dana.id}/edit").text
    assert ">\none\n&lt;/textarea&gt;two</textarea>" in page


# Lists


def test_the_list_is_searched_and_filtered_and_says_how_many(owner: Person) -> None:
    ana = make_contact(owner.tenant_id, "Ana Meyer", phone_number="+4915100000077")
    make_contact(owner.tenant_id, "Bert Meyer", is_active=False)
    group = make_group(owner.tenant_id, "Friends", ana)
    for query, found in (
        ("q=mey", {"Ana", "Bert"}), ("q=ana+mey", {"Ana"}), ("q=0077", {"Ana"}), ("status=inactive", {"Bert"}),
        (f"group={group.id}", {"Ana"}), ("status=nonsense&group=nonsense", {"Ana", "Bert"}),
    ):  # fmt: skip
        page = owner.get(f"/contacts?{query}").text
        assert {name for name in ("Ana", "Bert") if f"{name} Meyer" in page} == found, query
        assert f"{len(found)} {'person' if len(found) == 1 else 'people'}" in page
    assert "Nobody found" in owner.get("/contacts?q=zoe").text


def test_a_long_list_has_pages_that_keep_the_filters(owner: Person) -> None:
    for n in range(52):
        make_contact(owner.tenant_id, f"Dana {n}")
    first = owner.get("/contacts?q=dana").text
    assert "All 52 that match" in first
    older = re.search(r'href="(/contacts\?older=[^"]+)"', first)
    assert older
    assert "q=dana" in older[1]
    second = owner.get(older[1].replace("&amp;", "&")).text
    assert "Dana 0<" in second
    assert "Dana 51<" not in second


def test_an_empty_list_says_what_to_do_first(app: Flask, owner: Person) -> None:
    assert "Import a list" in owner.get("/contacts").text
    viewer = join(app, owner.tenant_id, "viewer")
    assert "/contacts/new" not in viewer.get("/contacts").text


def test_badges_tell_who_is_not_reached(owner: Person) -> None:
    dana = make_contact(owner.tenant_id, phone_number="+49123456789012", is_active=False)
    contacts.opt_out(owner.tenant_id, dana.id)
    for path in ("/contacts", f"/contacts/{dana.id}"):
        page = owner.get(path).text
        for badge in ("Opted out", "Inactive", "May not exist"):
            assert badge in page


# Many at once


def test_many_are_moved_to_the_trash_and_come_back_by_undo(owner: Person) -> None:
    chosen = [make_contact(owner.tenant_id, name).id for name in ("Ana", "Bert")]
    make_contact(owner.tenant_id, "Zoe")
    answer = owner.post("/contacts/bulk/delete", {"ids": chosen, "next": "/contacts?q=a"})
    assert answer.headers["Location"] == "/contacts?q=a"
    page = owner.get("/contacts").text
    assert "2 contacts are in the trash." in page
    assert names(owner) == ["Zoe"]
    undo(owner, page)
    assert names(owner) == ["Zoe", "Bert", "Ana"]


def test_everything_that_matches_is_taken_and_nobody_else(owner: Person) -> None:
    group = make_group(
        owner.tenant_id,
        "Friends",
        make_contact(owner.tenant_id, "Ana"),
        make_contact(owner.tenant_id, "Bert"),
    )
    make_contact(owner.tenant_id, "Ana Other")
    filters = {"everything": "1", "q": "ana", "group": str(group.id)}
    assert owner.post("/contacts/bulk/delete", filters | {"people": "1"}).status_code == 303
    assert names(owner) == ["Ana Other", "Bert"]


def test_all_that_match_go_into_the_trash_only_by_their_exact_number(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_bulk, "TYPED_ABOVE", 1)
    for name in ("Ana", "Ana Other", "Bert"):
        make_contact(owner.tenant_id, name)
    filters = {"everything": "1", "q": "ana", "next": "/contacts?q=ana"}
    asked = owner.post("/contacts/bulk/delete", filters).headers["Location"]
    page = owner.get(asked).text
    assert "<strong>2</strong> contacts go into the trash" in page
    assert 'data-typed="2"' in page
    assert owner.post("/contacts/bulk/delete", filters | {"people": "2", "typed": "3"}).status_code == 422
    assert len(names(owner)) == 3
    owner.post("/contacts/bulk/delete", filters | {"people": "2", "typed": "2"})
    assert names(owner) == ["Bert"]
    page = owner.get("/contacts").text
    assert "data-stays" in page
    undo(owner, page)
    assert len(names(owner)) == 3


def test_the_trash_gives_back_all_that_match(owner: Person) -> None:
    for name in ("Ana", "Ana Other", "Bert"):
        contacts.remove(owner.tenant_id, make_contact(owner.tenant_id, name).id)
    owner.post("/contacts/bulk/restore", {"everything": "1", "trash": "1", "next": "/contacts?trash=1"})
    assert len(names(owner)) == 3


def test_very_many_are_changed_by_workers_and_the_page_says_how_far_they_are(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_bulk, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(contact_acts, "STEP", 2)
    for name in ("Ana", "Bert", "Cleo"):
        make_contact(owner.tenant_id, name)

    def carried_out(path: str, **typed: str) -> str:
        place = owner.post(path, {"everything": "1"} | typed).headers["Location"]
        assert "of 3" in owner.get(place).text
        contact_acts.advance(owner.tenant_id, uuid.UUID(place.rsplit("/", 1)[1]))
        return owner.get(place).text

    assert "3 contacts were added to the group." in carried_out("/contacts/bulk/join", new_group="Everybody")
    page = carried_out("/contacts/bulk/delete", people="3")
    assert "3 contacts are in the trash." in page
    assert names(owner) == []
    at = re.search(r'name="at" value="([^"]+)"', page)
    assert at
    assert "3 contacts are back." in carried_out("/contacts/bulk/restore", at=unescape(at[1]))
    assert len(names(owner)) == 3


def test_chosen_people_join_a_group_and_leave_it(owner: Person) -> None:
    chosen = [make_contact(owner.tenant_id, name).id for name in ("Ana", "Bert")]
    group = make_group(owner.tenant_id, "Friends")
    owner.post("/contacts/bulk/join", {"ids": chosen, "to_group": str(group.id)})
    assert "2 people are now in Friends." in owner.get("/contacts").text
    owner.post("/contacts/bulk/join", {"ids": chosen, "to_group": str(group.id)})
    assert "They were in Friends already." in owner.get("/contacts").text
    owner.post(
        "/contacts/bulk/leave", {"ids": chosen[:1], "group": str(group.id), "next": f"/groups/{group.id}"}
    )
    page = owner.get(f"/groups/{group.id}").text
    assert "1 person is no longer in Friends." in page
    assert names(owner, group_id=group.id) == ["Bert"]
    undo(owner, page)
    assert names(owner, group_id=group.id) == ["Bert", "Ana"]


def test_the_trash_gives_back_whom_it_can(owner: Person) -> None:
    old = make_contact(owner.tenant_id, "Old", phone_number="+4915123456789")
    other = make_contact(owner.tenant_id, "Other")
    for contact in (old, other):
        contacts.remove(owner.tenant_id, contact.id)
    make_contact(owner.tenant_id, "New", phone_number="+4915123456789")
    owner.post("/contacts/bulk/restore", {"ids": [old.id, other.id], "next": "/contacts?trash=1"})
    page = owner.get("/contacts?trash=1").text
    assert "1 contact is back." in page
    assert "1 contact stays in the trash" in page
    answer = owner.post(f"/contacts/{old.id}/restore")
    assert answer.status_code == 409
    assert "has this number by now: New" in answer.text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/contacts/bulk/delete", {}),
        ("/contacts/bulk/delete", {"ids": "nonsense"}),
        ("/contacts/bulk/join", {"ids": str(uuid.uuid4())}),
        ("/contacts/bulk/join", {"ids": str(uuid.uuid4()), "to_group": "nonsense"}),
    ],
)
def test_choosing_nobody_or_nothing_is_told(owner: Person, path: str, data: dict[str, str]) -> None:
    make_contact(owner.tenant_id, "Ana")
    assert owner.post(path, data).status_code == 422
    assert names(owner) == ["Ana"]


def test_a_group_that_is_gone_is_told_without_its_id(owner: Person) -> None:
    group = make_group(owner.tenant_id, "Friends")
    groups.remove(owner.tenant_id, group.id)
    typed = {"phone_number": "+49 151 23456789", "group_ids": str(group.id)}
    answer = owner.post("/contacts/new", typed)
    assert answer.status_code == 422
    assert "A group that you chose is not there any more." in answer.text
    assert str(group.id) not in answer.text
    assert 'value="+49 151 23456789"' in answer.text


def test_nobody_is_added_to_no_group(owner: Person) -> None:
    contact = make_contact(owner.tenant_id, "Ana")
    answer = owner.post(f"/contacts/{contact.id}/groups")
    assert answer.status_code == 422
    assert "Choose a group first." in answer.text


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/contacts?q=a", "/contacts?q=a"),
        ("https://evil.example/contacts", None),
        ("http://[nonsense", None),
        (None, None),
    ],
)
def test_a_refusal_leads_back_to_the_page_it_came_from(
    owner: Person, referrer: str | None, back: str | None
) -> None:
    answer = owner.post("/contacts/bulk/delete", headers={"Referer": referrer} if referrer else {})
    assert answer.status_code == 422
    found = re.search(r'<a href="([^"]+)"[^>]*>(?:(?!</a>).)*<span>Back</span>', answer.text, re.S)
    assert (found and found[1]) == back
    assert "To the dashboard" in answer.text


def test_no_link_leads_elsewhere(owner: Person) -> None:
    chosen = [make_contact(owner.tenant_id).id]
    for next in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = owner.post("/contacts/bulk/restore", {"ids": chosen, "next": next})
        assert answer.headers["Location"] == "/contacts"


# Opting out


def test_somebody_opts_out_and_in_again(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    owner.post(f"/contacts/{dana.id}/opt-out")
    page = owner.get(f"/contacts/{dana.id}").text
    assert "Somebody here noted it" in page
    undo(owner, page)
    assert "Opted out" not in owner.get(f"/contacts/{dana.id}").text


def test_whatsapps_own_switch_is_theirs_alone(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    opt_outs.add(owner.tenant_id, dana.phone_key, "native")
    db.session.commit()
    page = owner.get(f"/contacts/{dana.id}").text
    assert "Only they can switch them on again" in page
    assert f"/contacts/{dana.id}/opt-in" not in page
    assert owner.post(f"/contacts/{dana.id}/opt-in").status_code == 409


def test_the_last_messages_are_shown_as_they_are(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    for direction, content, status in (
        ("out", "<b>Hi</b> {{name}}", "read"),
        ("in", "Hello", "received"),
        ("in", "", "received"),
    ):
        db.session.add(
            Message(
                tenant_id=owner.tenant_id,
                contact_id=dana.id,
                message_id=uuid.uuid4().hex,
                chat_id="1",
                direction=direction,
                type="text",
                content=content,
                status=status,
            )
        )
    db.session.commit()
    page = owner.get(f"/contacts/{dana.id}").text
    assert "&lt;b&gt;Hi&lt;/b&gt; {{name}}" in page
    assert "A message without text" in page
    assert page.index("Hello") < page.index("&lt;b&gt;Hi")


def test_what_people_typed_is_never_markup(owner: Person) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    dana = make_contact(owner.tenant_id, evil, attributes={"note": evil})
    group = make_group(owner.tenant_id, evil, dana, description=evil)
    other = make_group(owner.tenant_id, f"{evil} 2")
    owner.post("/contacts/bulk/leave", {"ids": [dana.id], "group": str(other.id)})
    owner.post(f"/contacts/{dana.id}/opt-out")
    paths = (
        "/contacts", f"/contacts?to={group.id}", f"/contacts/{dana.id}", f"/contacts/{dana.id}/edit",
        "/contacts/new", "/groups", f"/groups/{group.id}", f"/groups/{group.id}/edit",
    )  # fmt: skip
    for path in paths:
        page = owner.get(path).text
        assert "<img" not in page, path
        assert "onerror" in page, path


# Walls


def test_a_strangers_contact_is_not_there(owner: Person, stranger: Person) -> None:
    dana = make_contact(owner.tenant_id)
    group = make_group(owner.tenant_id, "Friends", dana)
    assert stranger.get(f"/contacts/{dana.id}").status_code == 404
    assert stranger.get(f"/contacts/{dana.id}/edit").status_code == 404
    assert stranger.get(f"/contacts?to={group.id}").status_code == 404
    typed = {"phone_number": "+4915123456789", "group": str(group.id)}
    for act in ("edit", "delete", "restore", "opt-out", "opt-in", "groups"):
        assert stranger.post(f"/contacts/{dana.id}/{act}", typed).status_code == 404
    assert "Dana" not in stranger.get(f"/contacts?group={group.id}").text
    assert names(owner, group_id=group.id) == ["Dana"]
    assert opt_outs.standing(owner.tenant_id, [dana.phone_key]) == []


def test_strangers_among_the_chosen_are_left_alone(owner: Person, stranger: Person) -> None:
    mine = make_contact(owner.tenant_id, "Mine")
    act_for(stranger.tenant_id)
    theirs, their_group = make_contact(stranger.tenant_id, "Theirs"), make_group(stranger.tenant_id)
    act_for(owner.tenant_id)
    group = make_group(owner.tenant_id, "Friends")
    both, their_group_id = [mine.id, theirs.id], their_group.id
    assert (
        owner.post("/contacts/bulk/join", {"ids": both, "to_group": str(their_group_id)}).status_code == 404
    )
    assert owner.post("/contacts/bulk/join", {"ids": both, "to_group": str(group.id)}).status_code == 303
    assert names(owner, group_id=group.id) == ["Mine"]
    assert owner.post("/contacts/bulk/leave", {"ids": both, "group": str(their_group_id)}).status_code == 404
    assert owner.post("/contacts/bulk/delete", {"ids": both}).status_code == 303
    assert names(stranger) == ["Theirs"]
    assert stranger.post("/contacts/bulk/restore", {"ids": both}).status_code == 303
    assert names(owner, deleted=True) == ["Mine"]


def test_undo_of_another_tenants_click_brings_nobody_back(owner: Person, stranger: Person) -> None:
    chosen = [make_contact(owner.tenant_id).id]
    owner.post("/contacts/bulk/delete", {"ids": chosen})
    at = contacts.get(owner.tenant_id, chosen[0], deleted=True).deleted_at
    assert at is not None
    stranger.post("/contacts/bulk/restore", {"at": at.isoformat()})
    assert names(owner) == []


def test_a_viewer_sees_contacts_and_changes_nothing(app: Flask, owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    group = make_group(owner.tenant_id, "Friends", dana)
    viewer = join(app, owner.tenant_id, "viewer")
    for path in ("/contacts", f"/contacts/{dana.id}", f"/groups/{group.id}"):
        page = viewer.get(path).text
        assert "Dana" in page
        for act in ("/edit", "/delete", "/new", "opt-out", "bulk", "to_group", 'name="ids"'):
            assert act not in page, (path, act)
    assert viewer.get(f"/contacts/{dana.id}/edit").status_code == 403
    for act in ("delete", "opt-out", "groups", "edit"):
        assert viewer.post(f"/contacts/{dana.id}/{act}").status_code == 403
    for act in ("delete", "restore", "join", "leave"):
        assert viewer.post(f"/contacts/bulk/{act}", {"ids": str(dana.id)}).status_code == 403
    assert names(owner) == ["Dana"]
    assert groups.get(owner.tenant_id, group.id).contact_count == 1


def test_somebody_is_erased_for_good_and_the_figures_stay(app: Flask, owner: Person) -> None:
    dana = make_contact(owner.tenant_id, "Dana Gone", phone_number="+4915199999999")
    campaign = make_running(owner.tenant_id, total=1, status="completed")
    recipient = Recipient(
        tenant_id=owner.tenant_id, number=4711, campaign_id=campaign.id, contact_id=dana.id,
        phone_number=dana.phone_number, phone_key=dana.phone_key, message_data={"name": "Dana Gone"}, status="failed",
    )  # fmt: skip
    message = Message(
        tenant_id=owner.tenant_id, contact_id=dana.id, message_id="wamid.1", chat_id=dana.phone_key,
        direction="in", type="text", content="I am Dana", status="received",
    )  # fmt: skip
    db.session.add_all([recipient, message])
    db.session.commit()
    contacts.opt_out(owner.tenant_id, dana.id)
    place, key, dana_id = f"/contacts/{dana.id}/erase", dana.phone_key, dana.id
    assert owner.post(place).status_code == 404  # only from the trash
    contacts.remove(owner.tenant_id, dana_id)
    assert place in owner.get("/contacts?trash=1").text
    assert "This can not be undone" in owner.get(place).text
    assert join(app, owner.tenant_id, "sender").post(place).status_code == 403
    assert owner.post(place).status_code == 303
    db.session.expire_all()
    assert "Dana Gone" not in owner.get("/contacts?trash=1").text
    assert (recipient.contact_id, recipient.phone_number, recipient.message_data) == (None, "erased", {})
    assert (message.contact_id, message.content, message.chat_id) == (None, "", "erased")
    assert [no.phone_key for no in opt_outs.standing(owner.tenant_id, [key])] == [key]
    assert opt_outs.standing(owner.tenant_id, [recipient.phone_key])
    assert owner.get(f"/campaigns/{campaign.id}?segment=failed").status_code == 200
    assert owner.get(f"/messages/{message.id}").status_code == 200


def test_nobody_is_erased_while_a_campaign_has_them(owner: Person) -> None:
    dana = make_contact(owner.tenant_id, "Dana")
    campaign = make_running(owner.tenant_id, total=1)
    db.session.add(
        Recipient(
            tenant_id=owner.tenant_id, number=4712, campaign_id=campaign.id, contact_id=dana.id,
            phone_number=dana.phone_number, phone_key=dana.phone_key,
        )
    )  # fmt: skip
    db.session.commit()
    contacts.remove(owner.tenant_id, dana.id)
    assert owner.post(f"/contacts/{dana.id}/erase").headers["Location"] == "/contacts?trash=1"
    page = owner.get("/contacts?trash=1").text
    assert "is not over" in page
    assert f'href="/campaigns/{campaign.id}"' in page


def test_the_beginning_of_a_number_as_it_is_dialled_at_home_finds_it(owner: Person) -> None:
    db.session.get_one(Tenant, owner.tenant_id).default_country = "DE"
    make_contact(owner.tenant_id, "Dana", phone_number="+491712345678")
    make_contact(owner.tenant_id, "Zoe", phone_number="+491602345678")
    assert names(owner, q="0171 234") == ["Dana"]
    assert names(owner, q="0171 23") == ["Dana"]
