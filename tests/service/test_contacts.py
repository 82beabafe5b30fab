"""What may happen to a contact."""

import threading
import uuid
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.builders import make_contact, make_group
from tests.people import Person
from webapp.api.shapes.contacts import Contact as Shape
from webapp.db import act_for, as_owner, db
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.models.contacts import Contact
from webapp.models.events import Event
from webapp.models.tenants import Tenant
from webapp.services import (
    contact_bulk,
    contact_lists,
    contact_search,
    contact_senders,
    contacts,
    groups,
    opt_outs,
)
from webapp.services.contact_search import Which

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def names(tenant_id: uuid.UUID, **which: object) -> list[str]:
    return [contact.name for contact in contacts.listed(tenant_id, **which).items]  # type: ignore[arg-type]


def told(tenant_id: uuid.UUID) -> list[tuple[str, dict]]:
    events = db.session.scalars(select(Event).where(Event.tenant_id == tenant_id).order_by(Event.sequence))
    return [(event.type, event.payload) for event in events]


def fresh(contact: Contact) -> Contact:
    db.session.refresh(contact)
    return contact


# Adding and changing


def test_a_contact_is_told_as_the_contract_says(owner: Person) -> None:
    made = make_contact(
        owner.tenant_id, "Dana", phone_number="+49 1512 3456789", attributes={"city": "Berlin"}
    )
    payload = {
        "id": str(made.id), "phoneNumber": "+4915123456789", "name": "Dana", "attributes": {"city": "Berlin"},
        "isActive": True, "createdAt": made.created_at.isoformat(), "updatedAt": made.updated_at.isoformat(),
    }  # fmt: skip
    assert contacts.described(made) == payload
    assert told(owner.tenant_id) == [("contact_created", payload)]


def test_a_national_number_is_read_with_the_tenants_country(owner: Person) -> None:
    db.session.get_one(Tenant, owner.tenant_id).default_country = "DE"
    assert make_contact(owner.tenant_id, phone_number="0151 23456789").phone_number == "+4915123456789"


def test_a_national_number_without_a_country_is_refused(owner: Person) -> None:
    with pytest.raises(Invalid, match="country code is missing") as refused:
        make_contact(owner.tenant_id, phone_number="0151 23456789")
    assert refused.value.field == "phone_number"


def test_one_person_is_one_contact_however_the_number_is_spelt(owner: Person) -> None:
    make_contact(owner.tenant_id, "Ana", phone_number="+55 11 98765 4321")
    with pytest.raises(Invalid) as refused:
        make_contact(owner.tenant_id, "Ana again", phone_number="+55 11 8765 4321")
    assert str(refused.value) == "This number is already in your list: Ana"
    assert names(owner.tenant_id) == ["Ana"]


def test_whoever_has_no_name_is_called_by_their_number(owner: Person) -> None:
    make_contact(owner.tenant_id, "", phone_number="+4915123456789")
    with pytest.raises(Invalid, match=r"\+49 1512 3456789"):
        make_contact(owner.tenant_id, phone_number="+4915123456789")


def test_two_tenants_may_know_the_same_person(owner: Person, stranger: Person) -> None:
    make_contact(owner.tenant_id, phone_number="+4915123456789")
    act_for(stranger.tenant_id)
    assert make_contact(stranger.tenant_id, phone_number="+4915123456789")


def test_a_change_keeps_the_others_numbers_apart(owner: Person) -> None:
    make_contact(owner.tenant_id, "Ana", phone_number="+4915123456789")
    dana = make_contact(owner.tenant_id, "Dana", phone_number="+4915123456780")
    with pytest.raises(Invalid, match="already in your list: Ana"):
        contacts.update(owner.tenant_id, dana.id, phone_number="+4915123456789", name="Other")
    assert fresh(dana).name == "Dana"


def test_a_change_is_told_with_what_it_became(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    contacts.update(
        owner.tenant_id,
        dana.id,
        phone_number="+4915123456789",
        name="Eva",
        attributes={"a": "1"},
        is_active=False,
    )
    assert told(owner.tenant_id)[-1] == ("contact_updated", contacts.described(fresh(dana)))
    assert (dana.name, dana.attributes, dana.is_active) == ("Eva", {"a": "1"}, False)


def test_somebody_known_only_by_their_whatsapp_id_is_changed_without_a_number(owner: Person) -> None:
    hidden = contact_senders.seen(owner.tenant_id, wa_id=None, user_id="US.1", name="Dana", at=AT)
    contacts.update(owner.tenant_id, hidden.id, phone_number="", name="Dana Smith")
    assert (hidden.name, hidden.phone_key) == ("Dana Smith", "bsuid:US.1")


@pytest.mark.parametrize(
    ("pairs", "kept"),
    [
        ([("City ", " Berlin ")], {"City": "Berlin"}),
        ([("e-mail", "a@b.c")], {"e mail": "a@b.c"}),
        ([("", ""), ("City", "")], {}),
        ([("note", "one\r\ntwo")], {"note": "one\ntwo"}),
    ],
)
def test_attributes_are_cleaned(owner: Person, pairs: list[tuple[str, str]], kept: dict[str, str]) -> None:
    assert make_contact(owner.tenant_id, attributes=pairs).attributes == kept


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([("", "Berlin")], "“Berlin” needs a name of letters or digits."),
        ([("City", "Berlin"), ("city", "Bonn")], "“city” is there twice. Keep one."),
        ([(f"n{n}", "x") for n in range(101)], "Use at most 100 fields."),
        ([("long", "x" * 4097)], "Use at most 4096 characters."),
    ],
)
def test_attributes_that_can_not_be_kept_are_refused(
    owner: Person, pairs: list[tuple[str, str]], sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make_contact(owner.tenant_id, attributes=pairs)
    assert (refused.value.field, str(refused.value)) == ("attributes", sentence)


# The trash


def test_deleting_and_restoring_are_told(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    contacts.remove(owner.tenant_id, dana.id)
    assert names(owner.tenant_id) == []
    assert names(owner.tenant_id, deleted=True) == ["Dana"]
    contacts.restore(owner.tenant_id, dana.id)
    assert names(owner.tenant_id) == ["Dana"]
    assert [type for type, _ in told(owner.tenant_id)] == [
        "contact_created",
        "contact_deleted",
        "contact_created",
    ]


def test_restoring_beside_somebody_with_the_same_number_is_refused(owner: Person) -> None:
    dana = make_contact(owner.tenant_id, "Dana", phone_number="+4915123456789")
    contacts.remove(owner.tenant_id, dana.id)
    make_contact(owner.tenant_id, "Eva", phone_number="+4915123456789")
    with pytest.raises(Conflict, match="has this number by now: Eva"):
        contacts.restore(owner.tenant_id, dana.id)
    assert names(owner.tenant_id) == ["Eva"]


def test_the_trash_keeps_memberships_but_groups_do_not_count_them(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    group = make_group(owner.tenant_id, "Friends", dana)
    contacts.remove(owner.tenant_id, dana.id)
    assert groups.get(owner.tenant_id, group.id).contact_count == 1
    db.session.refresh(group)
    assert group.contact_count == 0
    contacts.restore(owner.tenant_id, dana.id)
    db.session.refresh(group)
    assert group.contact_count == 1


def test_undo_brings_back_exactly_those_of_one_click(owner: Person) -> None:
    first, second, third = (make_contact(owner.tenant_id, name) for name in ("One", "Two", "Three"))
    contacts.remove(owner.tenant_id, third.id)
    removed = contact_bulk.remove(owner.tenant_id, [first.id, second.id, third.id])
    assert removed.number == 2
    restored = contact_bulk.restore(owner.tenant_id, removed.at)
    assert (restored.number, restored.taken) == (2, 0)
    assert names(owner.tenant_id) == ["Two", "One"]


def test_undo_leaves_those_whose_number_somebody_has_by_now(owner: Person) -> None:
    dana = make_contact(owner.tenant_id, "Dana", phone_number="+4915123456789")
    eva = make_contact(owner.tenant_id, "Eva")
    removed = contact_bulk.remove(owner.tenant_id, [dana.id, eva.id])
    make_contact(owner.tenant_id, "New", phone_number="+4915123456789")
    restored = contact_bulk.restore(owner.tenant_id, removed.at)
    assert (restored.number, restored.taken) == (1, 1)
    assert names(owner.tenant_id) == ["New", "Eva"]


def test_of_two_deleted_with_one_number_the_last_one_comes_back(owner: Person) -> None:
    for name in ("Old", "New"):
        contacts.remove(
            owner.tenant_id, make_contact(owner.tenant_id, name, phone_number="+4915123456789").id
        )
    both = [contact.id for contact in contacts.listed(owner.tenant_id, deleted=True).items]
    restored = contact_bulk.restore(owner.tenant_id, both)
    assert (restored.number, restored.taken) == (1, 1)
    assert names(owner.tenant_id) == ["New"]


def test_many_at_once_are_told_one_by_one_as_one_is(owner: Person) -> None:
    made = [make_contact(owner.tenant_id, name, attributes={"city": "Bonn"}) for name in ("One", "Two")]
    contact_bulk.remove(owner.tenant_id, Which())
    deleted = [payload for type, payload in told(owner.tenant_id) if type == "contact_deleted"]
    for contact in made:
        db.session.refresh(contact)
    told_one_by_one = [Shape.read(contacts.described(contact)) for contact in made]
    assert [Shape.read(payload) for payload in sorted(deleted, key=lambda p: p["name"])] == told_one_by_one


def test_strangers_among_the_chosen_are_left_out(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    theirs = make_contact(stranger.tenant_id, "Theirs")
    act_for(owner.tenant_id)
    mine = make_contact(owner.tenant_id, "Mine")
    group = make_group(owner.tenant_id)
    assert groups.add_contacts(owner.tenant_id, group.id, [mine.id, theirs.id]) == 1
    assert contact_bulk.remove(owner.tenant_id, [mine.id, theirs.id]).number == 1
    act_for(stranger.tenant_id)
    assert names(stranger.tenant_id) == ["Theirs"]


def test_one_click_goes_so_far_and_the_next_goes_on(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_search, "MOST_AT_ONCE", 2)
    for n in range(3):
        make_contact(owner.tenant_id, f"No {n}")
    group = make_group(owner.tenant_id)
    assert [groups.add_contacts(owner.tenant_id, group.id, Which()) for _ in range(3)] == [2, 1, 0]
    assert [contact_bulk.remove(owner.tenant_id, Which()).number for _ in range(3)] == [2, 1, 0]


# Opting out


def test_an_opt_out_survives_deletion_and_a_new_contact(owner: Person) -> None:
    dana = make_contact(owner.tenant_id, phone_number="+5511987654321")
    contacts.opt_out(owner.tenant_id, dana.id)
    contacts.remove(owner.tenant_id, dana.id)
    again = make_contact(owner.tenant_id, "Dana again", phone_number="+55 11 8765 4321")
    assert [no.source for no in opt_outs.standing(owner.tenant_id, [again.phone_key])] == ["page"]
    assert names(owner.tenant_id, status="opted_out") == ["Dana again"]


def test_an_opt_out_goes_along_to_a_new_number(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    contacts.opt_out(owner.tenant_id, dana.id)
    contacts.update(owner.tenant_id, dana.id, phone_number="+4915199999999", name="Dana")
    assert names(owner.tenant_id, status="opted_out") == ["Dana"]


def test_opting_out_twice_is_told_once(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    for _ in range(2):
        contacts.opt_out(owner.tenant_id, dana.id)
    assert [type for type, _ in told(owner.tenant_id)] == ["contact_created", "contact_updated"]
    assert told(owner.tenant_id)[-1][1]["optedOut"] is True


def test_a_person_lifts_every_no_but_whatsapps_own(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    for source in ("stop_word", "native", "page", "provider_error"):
        opt_outs.add(owner.tenant_id, dana.phone_key, source)
    contacts.opt_in(owner.tenant_id, dana.id)
    assert [no.source for no in opt_outs.standing(owner.tenant_id, [dana.phone_key])] == ["native"]
    with pytest.raises(Conflict, match="Only they can switch them on again"):
        contacts.opt_in(owner.tenant_id, dana.id)


def test_whoever_has_not_opted_out_may_be_opted_in(owner: Person) -> None:
    dana = make_contact(owner.tenant_id)
    assert contacts.opt_in(owner.tenant_id, dana.id) is dana
    assert len(told(owner.tenant_id)) == 1


@pytest.mark.parametrize("act", ["opt_out", "remove", "remove many", "deactivate"])
def test_a_no_waits_for_messages_that_pass_the_gate(app: Flask, owner: Person, act: str) -> None:
    """The gate holds the shared form of the lock while it lets a window pass."""
    dana = make_contact(owner.tenant_id)
    dana_id, number = dana.id, dana.phone_number
    done = threading.Event()

    def say_no() -> None:
        with app.app_context():
            act_for(owner.tenant_id)
            if act == "opt_out":
                contacts.opt_out(owner.tenant_id, dana_id)
            elif act == "remove":
                contacts.remove(owner.tenant_id, dana_id)
            elif act == "remove many":
                contact_bulk.remove(owner.tenant_id, [dana_id])
            else:
                contacts.update(owner.tenant_id, dana_id, phone_number=number, is_active=False)
            done.set()

    person = threading.Thread(target=lambda: Context().run(say_no))
    with as_owner() as gate:
        key = {"key": str(owner.tenant_id)}
        gate.execute(
            text("select pg_advisory_xact_lock_shared(hashtextextended(cast(:key as text), 2))"), key
        )
        person.start()
        assert not done.wait(0.3)
    assert done.wait(5)
    person.join()


# Lists and search


def test_filters_show_whom_they_name(owner: Person) -> None:
    active, opted_out = make_contact(owner.tenant_id, "Active"), make_contact(owner.tenant_id, "Opted out")
    make_contact(owner.tenant_id, "Inactive", is_active=False)
    make_contact(owner.tenant_id, "Doubtful", phone_number="+49123456789012")
    contacts.opt_out(owner.tenant_id, opted_out.id)
    group = make_group(owner.tenant_id, "Friends", active, opted_out)
    assert names(owner.tenant_id, status="active") == ["Doubtful", "Active"]
    assert names(owner.tenant_id, status="inactive") == ["Inactive"]
    assert names(owner.tenant_id, status="opted_out") == ["Opted out"]
    assert names(owner.tenant_id, status="doubtful") == ["Doubtful"]
    assert names(owner.tenant_id, group_id=group.id) == ["Opted out", "Active"]
    assert names(owner.tenant_id, group_id=group.id, status="opted_out") == ["Opted out"]
    assert names(owner.tenant_id, group_id=group.id, q="act") == ["Active"]


PEOPLE = {
    "Jörg Müller-Lüdenscheidt": "+4915120000101",
    "Ana María": "+34612000202",
    "Ирина Петрова": "+79161000303",
    "李小龙": "+8613800000404",
    "محمد علي": "+201001000505",
    "100% Sale_now \\o/": "+12025550606",
    "O'Brien (Dublin), Sean": "+353851000707",
    "İpek Yılmaz": "+905321000808",
    "Route 66": "+12025550909",
}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("jör", ["Jörg Müller-Lüdenscheidt"]),
        ("JÖRG", ["Jörg Müller-Lüdenscheidt"]),
        ("lüden", ["Jörg Müller-Lüdenscheidt"]),
        ("müller-lüd", ["Jörg Müller-Lüdenscheidt"]),
        ("Lüdenscheidt jörg", ["Jörg Müller-Lüdenscheidt"]),
        ("jörg maría", []),
        ("ller", []),
        ("ирин", ["Ирина Петрова"]),
        ("李", ["李小龙"]),
        ("علي", ["محمد علي"]),
        ("ipek", ["İpek Yılmaz"]),
        ("%", []),
        ("_", []),
        ("a%", []),
        ("100%", ["100% Sale_now \\o/"]),
        ("now", ["100% Sale_now \\o/"]),
        ("\\", ["100% Sale_now \\o/"]),
        ("o'brien", ["O'Brien (Dublin), Sean"]),
        ("dublin sean", ["O'Brien (Dublin), Sean"]),
        ("(dublin)", ["O'Brien (Dublin), Sean"]),
        ("+49", ["Jörg Müller-Lüdenscheidt"]),
        ("+49 1512", ["Jörg Müller-Lüdenscheidt"]),
        ("0049151", ["Jörg Müller-Lüdenscheidt"]),
        ("0101", ["Jörg Müller-Lüdenscheidt"]),
        ("01512 0000101", ["Jörg Müller-Lüdenscheidt"]),
        ("1202555", ["Route 66", "100% Sale_now \\o/"]),
        ("(202) 555-0909", ["Route 66"]),
        ("٠٩٠٩", ["Route 66"]),
        ("66", ["Route 66"]),
        ("909", ["Route 66"]),
        ("()", []),
        ("'; drop table contacts; --", []),
    ],
)
def test_search_finds_words_from_their_beginning_and_numbers_from_both_ends(
    owner: Person, q: str, found: list[str]
) -> None:
    for name, number in PEOPLE.items():
        make_contact(owner.tenant_id, name, phone_number=number)
    assert names(owner.tenant_id, q=q) == found
    assert contact_lists.counted(owner.tenant_id, Which(q=q)) == contact_lists.Count(len(found))


@pytest.mark.parametrize("neighbours", [2, 5, 1000])
@pytest.mark.parametrize("which", [{"q": "few"}, {"q": "all"}, {"q": "all few"}, {"q": "+4915"}, {}])
def test_pages_go_through_all_matches_once_in_both_directions(
    owner: Person, monkeypatch: pytest.MonkeyPatch, neighbours: int, which: dict
) -> None:
    monkeypatch.setattr(contact_lists, "_NEIGHBOURS", neighbours)
    for n in range(23):
        make_contact(owner.tenant_id, f"all {'few' if n in (0, 1, 2, 3, 11, 22) else 'rest'} {n}")
    expected = [
        f"{n}" for n in range(22, -1, -1) if "few" not in which.get("q", "") or n in (0, 1, 2, 3, 11, 22)
    ]
    page = contacts.listed(owner.tenant_id, limit=3, **which)
    down, last = [], page
    while page is not None:
        down += [contact.name.split()[-1] for contact in page.items]
        last, page = page, page.older and contacts.listed(owner.tenant_id, limit=3, older=page.older, **which)
    assert down == expected
    up: list[str] = []
    page = last
    while page is not None:
        up = [contact.name.split()[-1] for contact in page.items] + up
        page = page.newer and contacts.listed(owner.tenant_id, limit=3, newer=page.newer, **which)
    assert up == expected


def test_nobody_counts_beyond_what_is_told(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_lists, "MOST_COUNTED", 3)
    for n in range(3):
        make_contact(owner.tenant_id, f"Dana {n}")
    assert contact_lists.counted(owner.tenant_id, Which(q="dana")) == contact_lists.Count(3)
    make_contact(owner.tenant_id, "Dana")
    assert contact_lists.counted(owner.tenant_id, Which(q="dana")) == contact_lists.Count(3, and_more=True)
    assert contact_lists.counted(owner.tenant_id, Which()) == contact_lists.Count(4)
    monkeypatch.setattr(contact_lists, "MOST_COUNTED_PLAINLY", 3)
    assert contact_lists.counted(owner.tenant_id, Which()) == contact_lists.Count(3, and_more=True)


def test_what_is_in_the_trash_is_not_counted_among_the_living(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_lists, "MOST_COUNTED", 1)
    for n in range(3):
        contacts.remove(owner.tenant_id, make_contact(owner.tenant_id, f"Dana {n}").id)
    make_contact(owner.tenant_id, "Dana Living")
    assert names(owner.tenant_id, q="dana") == ["Dana Living"]
    assert names(owner.tenant_id, q="dana", deleted=True) == ["Dana 2", "Dana 1", "Dana 0"]
    assert contact_lists.counted(owner.tenant_id, Which(q="dana")) == contact_lists.Count(1)


def test_a_stranger_finds_nobody(owner: Person, stranger: Person) -> None:
    dana = make_contact(owner.tenant_id)
    group = make_group(owner.tenant_id, "Friends", dana)
    act_for(stranger.tenant_id)
    assert names(stranger.tenant_id, group_id=group.id) == names(stranger.tenant_id, q="dana") == []
    with pytest.raises(NotFound):
        contacts.get(stranger.tenant_id, dana.id)


# Who writes to us


def test_whoever_writes_first_becomes_a_contact(owner: Person) -> None:
    made = contact_senders.seen(owner.tenant_id, wa_id="4915123456789", user_id="DE.7", name="Dana ✨", at=AT)
    db.session.commit()
    assert (made.phone_number, made.wa_id, made.whatsapp_user_id) == (
        "+4915123456789",
        "4915123456789",
        "DE.7",
    )
    assert (made.name, made.last_inbound_at) == ("Dana ✨", AT)
    assert told(owner.tenant_id) == [("contact_created", contacts.described(made))]


def test_whoever_is_known_under_another_spelling_stays_one_person(owner: Person) -> None:
    ana = make_contact(owner.tenant_id, "Ana", phone_number="+5541987654321")
    found = contact_senders.seen(owner.tenant_id, wa_id="554187654321", user_id=None, name="Anita", at=AT)
    assert (found.id, found.name, found.phone_number) == (ana.id, "Ana", "+5541987654321")
    assert found.wa_id == "554187654321"


def test_an_empty_name_is_filled_and_a_doubt_is_gone(owner: Person) -> None:
    make_contact(owner.tenant_id, "", phone_number="+49123456789012")
    found = contact_senders.seen(owner.tenant_id, wa_id="49123456789012", user_id=None, name="Dana", at=AT)
    assert (found.name, found.is_doubtful) == ("Dana", False)
    contacts.update(owner.tenant_id, found.id, phone_number="+49123456789012", name="Dana")
    assert not found.is_doubtful


def test_an_older_message_does_not_turn_the_clock_back(owner: Person) -> None:
    for minutes in (5, 1):
        at = AT + timedelta(minutes=minutes)
        found = contact_senders.seen(owner.tenant_id, wa_id="4915123456789", user_id=None, name="", at=at)
    assert found.last_inbound_at == AT + timedelta(minutes=5)


def test_whoever_hides_their_number_later_is_still_known(owner: Person) -> None:
    first = contact_senders.seen(owner.tenant_id, wa_id="4915123456789", user_id="DE.7", name="Dana", at=AT)
    again = contact_senders.seen(owner.tenant_id, wa_id=None, user_id="DE.7", name="Dana", at=AT)
    assert again.id == first.id
    assert again.phone_number == "+4915123456789"


def test_whoever_shows_their_number_later_keeps_their_contact_and_their_no(owner: Person) -> None:
    hidden = contact_senders.seen(owner.tenant_id, wa_id=None, user_id="DE.7", name="Dana", at=AT)
    opt_outs.add(owner.tenant_id, hidden.phone_key, "stop_word")
    shown = contact_senders.seen(owner.tenant_id, wa_id="4915123456789", user_id="DE.7", name="Dana", at=AT)
    assert (shown.id, shown.phone_number) == (hidden.id, "+4915123456789")
    assert opt_outs.standing(owner.tenant_id, [shown.phone_key])


def test_a_shown_number_that_is_another_contacts_stays_with_that_contact(owner: Person) -> None:
    ana = make_contact(owner.tenant_id, "Ana", phone_number="+4915123456789")
    contact_senders.seen(owner.tenant_id, wa_id=None, user_id="DE.7", name="Dana", at=AT)
    found = contact_senders.seen(owner.tenant_id, wa_id="4915123456789", user_id="DE.7", name="Dana", at=AT)
    assert found.id == ana.id
    assert len(names(owner.tenant_id)) == 2


def test_whoever_is_in_the_trash_comes_as_somebody_new(owner: Person) -> None:
    dana = make_contact(owner.tenant_id, phone_number="+4915123456789")
    contacts.remove(owner.tenant_id, dana.id)
    found = contact_senders.seen(owner.tenant_id, wa_id="4915123456789", user_id=None, name="Dana", at=AT)
    assert found.id != dana.id


def test_two_first_messages_at_once_make_one_contact(app: Flask, owner: Person) -> None:
    ready, ids = threading.Barrier(2), []

    def write() -> None:
        with app.app_context():
            act_for(owner.tenant_id)
            ready.wait(5)
            found = contact_senders.seen(
                owner.tenant_id, wa_id="4915123456789", user_id="DE.7", name="Dana", at=AT
            )
            ids.append(found.id)
            db.session.commit()

    writers = [threading.Thread(target=lambda: Context().run(write)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert [type for type, _ in told(owner.tenant_id)] == ["contact_created"]


@pytest.mark.parametrize(("wa_id", "user_id"), [("12", None), (None, None), (None, "nonsense")])
def test_ids_of_no_known_shape_are_refused(owner: Person, wa_id: str | None, user_id: str | None) -> None:
    with pytest.raises(Invalid):
        contact_senders.seen(owner.tenant_id, wa_id=wa_id, user_id=user_id, name="", at=AT)
