"""Every campaign ends by itself and says in plain words why, also those that reach nobody."""

import html

import pytest
from sqlalchemy import text

from tests.again import settle_each
from tests.callbacks import make_running, recipients
from tests.campaigning import make_campaign, make_instance, make_people
from tests.people import Person
from webapp import clock
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.opt_outs import OptOut
from webapp.sending import plan
from webapp.services.campaigns import moves


def go_round(campaign: Campaign) -> tuple[str, str | None]:
    clock.fold()
    clock.finish()
    act_for(campaign.tenant_id)
    db.session.refresh(campaign)
    return campaign.status, campaign.paused_reason


def page(owner: Person, campaign: Campaign) -> str:
    return html.unescape(owner.get(f"/campaigns/{campaign.id}").text)


def say_no(owner: Person, *keys: str) -> None:
    for key in keys:
        db.session.add(OptOut(tenant_id=owner.tenant_id, phone_key=key, source="page", at=db.func.now()))
    db.session.commit()


@pytest.mark.parametrize("why", ["opt-out", "trash", "nobody"])
def test_a_campaign_whose_people_are_all_left_out_is_over_at_once_and_says_so(
    owner: Person, why: str
) -> None:
    make_people(owner.tenant_id, 0 if why == "nobody" else 2)
    if why == "opt-out":
        say_no(owner, "4915100000000", "4915100000001")
    elif why == "trash":
        db.session.execute(text("update contacts set deleted_at = now()"))
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id))
    plan.plan(owner.tenant_id, campaign.id)
    assert (campaign.status, campaign.paused_reason) == ("completed", "nobody_to_reach")
    assert "Nobody was left to write to." in page(owner, campaign)


@pytest.mark.parametrize(
    ("outcomes", "outcome", "words"),
    [
        ({"failed_131026": 3}, ("completed", "all_failed"), "No message of this campaign got through."),
        ({"accepted": 1, "failed_131026": 2}, ("completed", None), "2 failed; the reasons are below."),
        ({"uncertain": 3}, ("completed", None), "Of 3 nobody knows what became of them."),
        ({"accepted": 3}, ("completed", None), "Done: everybody was written to."),
    ],
)
def test_a_campaign_in_which_nobody_waits_is_over_and_says_what_came_of_it(
    owner: Person, outcomes: dict[str, int], outcome: tuple[str, str | None], words: str
) -> None:
    campaign, _ = make_running(owner.tenant_id, 3)
    settle_each(campaign, **outcomes)
    assert go_round(campaign) == outcome
    assert words in page(owner, campaign)


def test_a_campaign_whose_people_all_said_no_after_the_start_says_so(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 3)
    for row in recipients(campaign):
        row.status, row.error_message = "skipped", "opted_out"
    campaign.skipped_count = 3
    db.session.commit()
    assert go_round(campaign) == ("completed", "all_skipped")
    assert "Everybody said no, was deleted or was switched off after the start." in page(owner, campaign)


def test_a_paused_campaign_whose_last_answers_come_in_is_over(owner: Person) -> None:
    campaign, _ = make_running(owner.tenant_id, 2)
    settle_each(campaign, accepted=2)
    moves.pause(owner.tenant_id, campaign.id)
    assert go_round(campaign) == ("completed", None)


def test_a_campaign_that_can_not_be_prepared_is_not_tried_for_ever(owner: Person) -> None:
    make_people(owner.tenant_id, 1)
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id), message="x" * 5000)
    plan.plan(owner.tenant_id, campaign.id)
    assert campaign.status == "failed"
    assert "This campaign could not be prepared." in page(owner, campaign)
