"""Drafts: each step saves its own fields, the review knows what is missing, and two starts start once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.builders import make_group
from tests.campaigning import make_instance, make_people
from tests.drafting import in_a_week, make_contact, make_draft, opt_out, told
from tests.people import Person
from webapp.db import act_for, db
from webapp.domain import placeholders
from webapp.domain.errors import Conflict, Invalid, NotFound, Refusal
from webapp.models.audit_log import AuditEntry
from webapp.models.campaigns import Campaign
from webapp.services import audience, groups, message_templates
from webapp.services.audience import Audience
from webapp.services.campaigns import choices, draft_fields, drafts, listing, moves, review


def lacking(campaign: Campaign) -> list[str]:
    return [refusal.field for refusal in review.missing(campaign)]


def test_a_draft_grows_step_by_step_and_each_real_change_is_told_once(owner: Person) -> None:
    tenant_id = owner.tenant_id
    make_contact(tenant_id)
    draft = drafts.create(tenant_id, name="Spring")
    assert lacking(draft) == ["number", "audience", "message"]
    number = make_instance(tenant_id)
    for _ in range(2):
        drafts.set_number(tenant_id, draft.id, name="Spring", whatsapp_instance_id=number.id)
    assert (draft.wizard_step, lacking(draft)) == ("audience", ["audience", "message"])
    drafts.set_audience(tenant_id, draft.id, recipient_type="all")
    drafts.set_message(tenant_id, draft.id, message="Hi {{name}}", variables={"name": "you"})
    drafts.set_schedule(tenant_id, draft.id, local=None)
    assert (draft.wizard_step, lacking(draft)) == ("review", [])
    assert draft.message_variables == {"name": "you"}
    drafts.set_number(tenant_id, draft.id, name="Spring", whatsapp_instance_id=number.id)
    assert draft.wizard_step == "review"
    assert told(tenant_id, "campaign_") == ["campaign_created", *["campaign_updated"] * 4]


def test_a_draft_may_be_made_in_one_go(owner: Person) -> None:
    draft = make_draft(owner.tenant_id, message="Hi", scheduled_at=in_a_week(), time_zone="Europe/Oslo")
    assert (draft.wizard_step, draft.time_zone, lacking(draft)) == ("review", "Europe/Oslo", [])
    assert told(owner.tenant_id, "campaign_") == ["campaign_created"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"whatsapp_instance_id": uuid.uuid4()}, "number"),
        ({"recipient_type": "groups"}, "audience"),
        ({"recipient_type": "contacts"}, "audience"),
        ({"recipient_type": "friends"}, "audience"),
        ({"recipient_type": "groups", "recipient_ids": [uuid.uuid4()]}, "audience"),
        ({"recipient_type": "contacts", "recipient_ids": [uuid.uuid4()]}, "audience"),
        ({"message": " "}, "message"),
        ({"message": "x" * 4097}, "message"),
        ({"message": "{{a}}", "variables": {"a": "x" * 201}}, "variables"),
        ({"message_template_id": uuid.uuid4()}, "message"),
        ({"scheduled_at": datetime(2020, 1, 1)}, "scheduled_at"),
        ({"scheduled_at": datetime(2099, 1, 1)}, "scheduled_at"),
        ({"scheduled_at": None, "time_zone": "Europe/Atlantis"}, "time_zone"),
    ],
)
def test_what_can_not_be_is_refused_on_its_field_and_nothing_is_written(
    owner: Person, typed: dict[str, Any], field: str
) -> None:
    draft = make_draft(owner.tenant_id)
    with pytest.raises(Invalid) as refusal:
        drafts.update(owner.tenant_id, draft.id, **typed)
    assert refusal.value.field == field
    db.session.rollback()
    assert told(owner.tenant_id, "campaign_") == ["campaign_created"]


def test_more_people_than_a_hand_chooses_belong_into_a_group(owner: Person) -> None:
    make_people(owner.tenant_id, draft_fields.MOST_CHOSEN + 1)
    ids = list(db.session.scalars(text("select id from contacts")))
    draft = make_draft(owner.tenant_id)
    with pytest.raises(Invalid, match="make a group"):
        drafts.set_audience(owner.tenant_id, draft.id, recipient_type="contacts", recipient_ids=ids)
    drafts.set_audience(
        owner.tenant_id, draft.id, recipient_type="contacts", recipient_ids=[*ids[1:], ids[1]]
    )
    assert review.reach_of(draft).reached == draft_fields.MOST_CHOSEN


def test_a_strangers_number_group_contact_and_template_are_not_there(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    theirs = stranger.tenant_id
    contact = make_contact(theirs)
    typed: list[dict[str, Any]] = [
        {"whatsapp_instance_id": make_instance(theirs).id},
        {"recipient_type": "groups", "recipient_ids": [make_group(theirs, "Theirs", contact).id]},
        {"recipient_type": "contacts", "recipient_ids": [contact.id]},
        {"message_template_id": message_templates.create(theirs, name="Theirs", content="x").id},
    ]
    act_for(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    for fields in typed:
        with pytest.raises(Invalid):
            drafts.update(owner.tenant_id, draft.id, **fields)
    act_for(stranger.tenant_id)
    with pytest.raises(NotFound):
        drafts.get(theirs, draft.id)


def test_a_group_that_is_gone_leaves_the_draft_lacking(owner: Person) -> None:
    people = make_group(owner.tenant_id, "Regulars", make_contact(owner.tenant_id))
    draft = make_draft(owner.tenant_id, recipient_type="groups", recipient_ids=[people.id])
    assert review.reach_of(draft).reached == 1
    groups.remove(owner.tenant_id, people.id)
    assert lacking(draft) == ["audience"]
    assert [group.name for group in choices.lost_groups(owner.tenant_id, [people.id])] == ["Regulars"]
    with pytest.raises(Invalid, match="switched off"):
        review.launch(owner.tenant_id, draft.id)


def test_a_template_that_is_gone_or_switched_off_leaves_the_draft_lacking(owner: Person) -> None:
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hello")
    draft = make_draft(owner.tenant_id, message_template_id=template.id)
    message_templates.update(owner.tenant_id, template.id, name="Spring", content="Hello", is_active=False)
    assert lacking(draft) == ["message"]
    message_templates.update(owner.tenant_id, template.id, name="Spring", content="Hello", is_active=True)
    message_templates.remove(owner.tenant_id, template.id)
    assert lacking(draft) == ["message"]


def test_a_paused_number_and_a_time_that_has_passed_are_missing_too(owner: Person) -> None:
    number = make_instance(owner.tenant_id)
    draft = make_draft(owner.tenant_id, whatsapp_instance_id=number.id, scheduled_at=in_a_week())
    number.status = "paused"
    draft.scheduled_at = datetime.now(UTC) - timedelta(seconds=1)
    db.session.commit()
    assert lacking(draft) == ["number", "schedule"]


def test_reach_counts_everybody_once_under_the_first_reason(owner: Person) -> None:
    tenant_id = owner.tenant_id
    ana, bob, cid, dee, eve = (make_contact(tenant_id, name) for name in ("Ana", "Bob", "Cid", "Dee", ""))
    opt_out(bob)
    cid.is_active = False
    dee.is_doubtful = True
    ana.last_inbound_at = datetime.now(UTC) - timedelta(hours=23)
    dee.last_inbound_at = datetime.now(UTC) - timedelta(hours=25)
    db.session.commit()
    both = [make_group(tenant_id, "A", ana, bob, cid, dee, eve), make_group(tenant_id, "B", ana, bob)]
    typed = {"recipient_type": "groups", "recipient_ids": [group.id for group in both]}
    draft = make_draft(tenant_id, message="Hi {{name}}", **typed)
    reach = review.reach_of(draft)
    assert (reach.reached, reach.recent) == (2, 1)
    assert reach.excluded == {"opted_out": 1, "inactive": 1, "missing_value": 1, "twice": 2}
    drafts.update(tenant_id, draft.id, **typed, exclude_doubtful=True)
    assert review.reach_of(draft).excluded["doubtful"] == 1


def test_the_list_of_those_left_out_is_as_long_as_its_count(owner: Person) -> None:
    people = [make_contact(owner.tenant_id, name) for name in ("Ana", "Bob", "Cid")]
    both = [make_group(owner.tenant_id, name, *people[:2]).id for name in ("A", "B")]
    chosen, message = Audience("groups", tuple(both)), placeholders.compile("Hi {{city}}")
    counted = audience.reach(owner.tenant_id, chosen, message, {}).excluded
    assert counted == {"missing_value": 2, "twice": 2}
    for reason, count in counted.items():
        found = audience.left_out(owner.tenant_id, chosen, message, {}, reason)
        assert {person.name for person in found} == {"Ana", "Bob"}
        assert len(found) == count


def test_a_value_is_found_however_its_name_is_spelt(owner: Person) -> None:
    for attributes in ({"city": "Rome"}, {"City": "Oslo"}, {"CITY": ""}, {"town": "Bonn"}, {}):
        make_contact(owner.tenant_id, attributes=attributes)
    message = placeholders.compile("{{City}}")
    reach = audience.reach(owner.tenant_id, Audience("all"), message, {})
    assert (reach.reached, reach.excluded) == (2, {"missing_value": 3})


def test_a_campaign_that_would_reach_nobody_is_not_let_go(owner: Person) -> None:
    draft = make_draft(owner.tenant_id)
    with pytest.raises(Invalid, match="nobody") as refusal:
        review.launch(owner.tenant_id, draft.id)
    assert refusal.value.field == "audience"


def test_above_a_thousand_people_the_number_is_typed(owner: Person) -> None:
    make_people(owner.tenant_id, 1001)
    draft = make_draft(owner.tenant_id)
    for typed in ("", "1000", "yes"):
        with pytest.raises(Invalid) as refusal:
            review.launch(owner.tenant_id, draft.id, typed=typed)
        assert (refusal.value.field, refusal.value.values) == ("typed", {"count": 1001})
    assert review.launch(owner.tenant_id, draft.id, typed="1,001").status == "preparing"


def test_what_changed_after_it_was_looked_at_is_looked_at_again(owner: Person) -> None:
    make_contact(owner.tenant_id)
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hello")
    draft = make_draft(owner.tenant_id, message_template_id=template.id)
    seen = review.stamp(draft)
    message_templates.update(owner.tenant_id, template.id, name="Spring", content="Other words")
    with pytest.raises(Conflict, match="Somebody changed"):
        review.launch(owner.tenant_id, draft.id, seen=seen)
    seen = review.stamp(draft)
    drafts.set_audience(owner.tenant_id, draft.id, recipient_type="all", exclude_doubtful=True)
    with pytest.raises(Conflict, match="Somebody changed"):
        review.launch(owner.tenant_id, draft.id, seen=seen)
    assert review.launch(owner.tenant_id, draft.id, seen=review.stamp(draft)).message == "Other words"


def test_of_two_who_start_at_once_one_starts(app: Flask, owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)

    def start(_n: int) -> str:
        with app.app_context():
            act_for(owner.tenant_id)
            try:
                return review.launch(owner.tenant_id, draft.id, owner.user_id).status
            except Refusal as refusal:
                return str(refusal)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(start, range(4)))
    assert outcomes.count("preparing") == 1
    assert all("started already" in outcome for outcome in outcomes if outcome != "preparing")
    assert told(owner.tenant_id, "campaign_status") == ["campaign_status_changed"]
    started = select(AuditEntry).where(AuditEntry.action == "campaign_started")
    assert [entry.user_id for entry in db.session.scalars(started)] == [owner.user_id]


def test_a_started_campaign_is_no_draft_any_more(owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    review.launch(owner.tenant_id, draft.id)
    for change in ({"message": "Other"}, {"name": "Other"}, {"recipient_type": "all"}):
        with pytest.raises(Conflict):
            drafts.update(owner.tenant_id, draft.id, **change)
    assert draft.message == "Hello"


def test_one_that_waits_goes_back_to_its_draft_with_its_time(owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id, scheduled_at=in_a_week(), time_zone="Europe/Oslo")
    assert review.launch(owner.tenant_id, draft.id).status == "scheduled"
    at = draft.scheduled_at
    assert moves.unschedule(owner.tenant_id, draft.id).status == "draft"
    assert (draft.scheduled_at, draft.time_zone) == (at, "Europe/Oslo")
    drafts.set_schedule(owner.tenant_id, draft.id, local=None)
    assert review.launch(owner.tenant_id, draft.id).status == "preparing"


def test_one_that_waits_goes_out_as_it_was_looked_at(owner: Person) -> None:
    make_contact(owner.tenant_id)
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hello")
    draft = make_draft(owner.tenant_id, message_template_id=template.id, scheduled_at=in_a_week())
    review.launch(owner.tenant_id, draft.id)
    message_templates.update(owner.tenant_id, template.id, name="Spring", content="Changed")
    message_templates.remove(owner.tenant_id, template.id)
    assert moves.start(owner.tenant_id, draft.id).message == "Hello"


@pytest.mark.parametrize(
    ("local", "zone", "utc", "note"),
    [
        (datetime(2027, 3, 28, 2, 30), "Europe/Berlin", datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "skip"),
        (datetime(2027, 10, 31, 2, 30), "Europe/Berlin", datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "twice"),
        (datetime(2027, 3, 28, 2, 30), "America/Lima", datetime(2027, 3, 28, 7, 30, tzinfo=UTC), None),
    ],
)
def test_a_start_over_the_change_of_the_clocks_says_what_it_becomes(
    owner: Person, local: datetime, zone: str, utc: datetime, note: str | None
) -> None:
    draft = make_draft(owner.tenant_id)
    _, words = drafts.set_schedule(owner.tenant_id, draft.id, local=local, time_zone=zone)
    assert draft.scheduled_at == utc
    assert (words is None) if note is None else (words is not None and note in str(words))


def test_the_trash_keeps_a_campaign_and_a_restored_one_never_starts_by_surprise(owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id, scheduled_at=in_a_week())
    review.launch(owner.tenant_id, draft.id)
    drafts.remove(owner.tenant_id, draft.id)
    with pytest.raises(NotFound):
        listing.get(owner.tenant_id, draft.id)
    assert drafts.restore(owner.tenant_id, draft.id).status == "draft"
    assert told(owner.tenant_id, "campaign_")[-3:] == [
        "campaign_status_changed",
        "campaign_deleted",
        "campaign_created",
    ]


@pytest.mark.parametrize("status", ["preparing", "running"])
def test_a_campaign_at_work_is_not_thrown_away(owner: Person, status: str) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    review.launch(owner.tenant_id, draft.id)
    draft.status = status
    db.session.commit()
    with pytest.raises(Conflict):
        drafts.remove(owner.tenant_id, draft.id)


def test_a_copy_says_the_same_and_is_a_draft(owner: Person) -> None:
    make_contact(owner.tenant_id)
    template = message_templates.create(
        owner.tenant_id, name="Spring", content="Hi {{name}}", variables={"name": "you"}
    )
    draft = make_draft(owner.tenant_id, message_template_id=template.id, scheduled_at=in_a_week())
    review.launch(owner.tenant_id, draft.id)
    copy = drafts.copy(owner.tenant_id, draft.id)
    assert copy.name == f"{draft.name} (copy)"
    assert (copy.status, copy.scheduled_at, copy.wizard_step) == ("draft", None, "review")
    assert (copy.message_template_id, lacking(copy)) == (template.id, [])
    message_templates.remove(owner.tenant_id, template.id)
    again = drafts.copy(owner.tenant_id, draft.id)
    assert (again.message_template_id, again.message, lacking(again)) == (None, "Hi {{name}}", [])
    assert review.text_of(again).defaults == {"name": "you"}


def test_campaigns_are_found_by_a_part_of_their_name(owner: Person) -> None:
    for name in ("Spring sale", "100% off", "Autumn"):
        make_draft(owner.tenant_id, name=name)
    found = {
        q: [c.name for c in listing.listed(owner.tenant_id, q=q).items]
        for q in ("SALE", "0%", "_", "\0 spring")
    }
    assert found == {"SALE": ["Spring sale"], "0%": ["100% off"], "_": [], "\0 spring": ["Spring sale"]}
    assert len(listing.listed(owner.tenant_id, status="draft").items) == 3
    assert listing.listed(owner.tenant_id, status="running").items == []


def test_people_to_add_are_found_without_those_who_are_chosen(owner: Person) -> None:
    ana, anabel = make_contact(owner.tenant_id, "Ana Souza"), make_contact(owner.tenant_id, "Anabel Roth")
    make_contact(owner.tenant_id, "Bob")
    assert {person.name for person in choices.found(owner.tenant_id, "ana", [])} == {
        "Ana Souza",
        "Anabel Roth",
    }
    assert choices.found(owner.tenant_id, "ana", [ana.id]) == [anabel]
    assert choices.found(owner.tenant_id, " ", []) == []
    assert choices.contacts(owner.tenant_id, [anabel.id, uuid.uuid4(), ana.id, anabel.id]) == [anabel, ana]
