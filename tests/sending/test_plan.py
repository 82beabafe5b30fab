import uuid

import pytest
from sqlalchemy import select, text

from tests.campaigning import check_counts, make_campaign, make_instance, make_people, statuses
from tests.people import Person
from webapp.db import act_for, db
from webapp.models.events import Event
from webapp.models.recipients import Recipient
from webapp.models.sending import SendBatch
from webapp.sending import plan
from webapp.services import groups


def contact_ids(tenant_id: uuid.UUID) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            text("select id from contacts where tenant_id = :t order by phone_number"), {"t": tenant_id}
        )
    )


def test_everyone_gets_one_number_in_one_piece(owner: Person) -> None:
    make_people(owner.tenant_id, 2500)
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id))
    plan.plan(owner.tenant_id, campaign.id)
    numbers = sorted(db.session.scalars(select(Recipient.number)))
    assert numbers == list(range(numbers[0], numbers[0] + 2500))
    assert campaign.status == "running"
    assert (campaign.total_recipients, campaign.first_number) == (2500, numbers[0])
    batches = db.session.scalars(select(SendBatch).order_by(SendBatch.first_number)).all()
    assert [batch.last_number - batch.first_number + 1 for batch in batches] == [1000, 1000, 500]
    check_counts(campaign)


def test_two_campaigns_never_share_a_number(owner: Person) -> None:
    make_people(owner.tenant_id, 30)
    instance = make_instance(owner.tenant_id)
    for _ in range(2):
        plan.plan(owner.tenant_id, make_campaign(owner.tenant_id, instance).id)
    numbers = list(db.session.scalars(select(Recipient.number)))
    assert len(set(numbers)) == 60


def test_planning_twice_plans_once(owner: Person) -> None:
    make_people(owner.tenant_id, 5)
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id))
    plan.plan(owner.tenant_id, campaign.id)
    plan.plan(owner.tenant_id, campaign.id)
    assert statuses(campaign) == {"pending": 5}
    told = db.session.scalars(select(Event).where(Event.type == "campaign_status_changed")).all()
    assert [event.payload["status"] for event in told] == ["running"]


def test_people_are_left_out_by_reason_and_counted(owner: Person) -> None:
    tenant_id = owner.tenant_id
    make_people(tenant_id, 10)
    ids = contact_ids(tenant_id)
    first, second = (groups.create(tenant_id, name=name) for name in ("first", "second"))
    groups.add_contacts(tenant_id, first.id, ids)
    groups.add_contacts(tenant_id, second.id, ids[:4])
    db.session.execute(text("update contacts set deleted_at = now() where id = :id"), {"id": ids[0]})
    db.session.execute(text("update contacts set is_active = false where id = :id"), {"id": ids[1]})
    db.session.execute(text("update contacts set is_doubtful = true where id = :id"), {"id": ids[2]})
    db.session.execute(
        text(
            """insert into opt_outs (tenant_id, phone_key, source, at)
               select tenant_id, phone_key, 'page', now() from contacts where id = :id"""
        ),
        {"id": ids[3]},
    )
    db.session.execute(text("update contacts set name = '' where id = :id"), {"id": ids[4]})
    db.session.commit()
    audience = {
        "recipient_type": "groups",
        "recipient_ids": [str(first.id), str(second.id)],
        "exclude_doubtful": True,
    }
    campaign = make_campaign(tenant_id, make_instance(tenant_id), message="Hi {{name}}", audience=audience)
    plan.plan(tenant_id, campaign.id)
    assert campaign.excluded == {
        "deleted": 1, "inactive": 1, "doubtful": 1, "opted_out": 1, "missing_value": 1, "twice": 4,
    }  # fmt: skip
    assert statuses(campaign) == {"pending": 5}
    data = db.session.scalars(select(Recipient.message_data).order_by(Recipient.phone_number)).all()
    assert data[0] == {"name": "Person 5"}


def test_a_default_makes_up_for_a_missing_value(owner: Person) -> None:
    make_people(owner.tenant_id, 2)
    campaign = make_campaign(
        owner.tenant_id,
        make_instance(owner.tenant_id),
        message="{{ City }}",
        message_variables={"city": "town"},
    )
    plan.plan(owner.tenant_id, campaign.id)
    assert statuses(campaign) == {"pending": 2}


def test_attributes_are_found_whatever_their_case(owner: Person) -> None:
    make_people(owner.tenant_id, 1)
    db.session.execute(text("""update contacts set attributes = '{"City": "Köln"}'"""))
    db.session.commit()
    campaign = make_campaign(
        owner.tenant_id, make_instance(owner.tenant_id), message="{{ city }} and {{CITY}}"
    )
    plan.plan(owner.tenant_id, campaign.id)
    assert db.session.scalars(select(Recipient.message_data)).one() == {"city": "Köln"}


def test_a_campaign_with_nobody_left_completes_and_says_why(owner: Person) -> None:
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id))
    plan.plan(owner.tenant_id, campaign.id)
    assert (campaign.status, campaign.paused_reason) == ("completed", "nobody_to_reach")


def test_a_strangers_group_reaches_nobody(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    make_people(stranger.tenant_id, 3)
    group = groups.create(stranger.tenant_id, name="theirs")
    groups.add_contacts(stranger.tenant_id, group.id, contact_ids(stranger.tenant_id))
    act_for(owner.tenant_id)
    audience = {"recipient_type": "groups", "recipient_ids": [str(group.id)]}
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id), audience=audience)
    plan.plan(owner.tenant_id, campaign.id)
    assert campaign.status == "completed"
    assert campaign.total_recipients == 0


@pytest.mark.parametrize("kind", ["contacts", "groups"])
def test_chosen_contacts_only(owner: Person, kind: str) -> None:
    make_people(owner.tenant_id, 4)
    ids = contact_ids(owner.tenant_id)[:2]
    chosen = ids
    if kind == "groups":
        group = groups.create(owner.tenant_id, name="two")
        groups.add_contacts(owner.tenant_id, group.id, ids)
        chosen = [group.id]
    audience = {"recipient_type": kind, "recipient_ids": [str(key) for key in chosen]}
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id), audience=audience)
    plan.plan(owner.tenant_id, campaign.id)
    assert set(db.session.scalars(select(Recipient.contact_id))) == set(ids)
