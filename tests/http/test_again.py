"""Sending again on the pages: the questions, who may ask, what is refused, and that it works without script."""

import re

import pytest
from flask import Flask

from tests.again import carry_out, settle_each
from tests.callbacks import make_running
from tests.campaigning import statuses
from tests.people import Person, join
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.tenants import Tenant
from webapp.services.campaigns import moves


def with_failures(owner: Person) -> Campaign:
    campaign, _ = make_running(owner.tenant_id, 7)
    settle_each(campaign, accepted=1, failed_131000=2, failed_131026=1, failed_131049=1, uncertain=2)
    return campaign


def checked(html: str) -> list[str]:
    return re.findall(r'name="codes" value="(\d+)" checked', html)


def test_the_reasons_that_may_pass_are_chosen_and_those_too_early_can_not_be(owner: Person) -> None:
    campaign = with_failures(owner)
    html = owner.get(f"/campaigns/{campaign.id}/retry").text
    assert checked(html) == ["131000"]
    assert re.findall(r'value="(\d+)" disabled', html) == ["131049"]
    assert "it is too early until" in html


def test_the_page_leads_to_both_questions_and_opens_them_in_a_dialog(owner: Person) -> None:
    campaign = with_failures(owner)
    html = owner.get(f"/campaigns/{campaign.id}").text
    for place in ("retry", "resend"):
        assert f'href="/campaigns/{campaign.id}/{place}"' in html
    assert '<dialog class="dialog" id="again"' in html
    dialog = owner.client.get(
        f"/campaigns/{campaign.id}/retry", headers={"HX-Request": "true", "HX-Target": "again-form"}
    )
    assert "<html" not in dialog.text
    assert 'name="csrf_token"' in dialog.text
    for segment in ("failed", "uncertain"):
        assert "Send again …" in owner.get(f"/campaigns/{campaign.id}?segment={segment}").text


def test_the_failed_are_sent_again(owner: Person) -> None:
    campaign = with_failures(owner)
    answer = owner.post(f"/campaigns/{campaign.id}/retry", {"codes": ["131000", "131026"]})
    assert answer.status_code == 303
    act_for(owner.tenant_id)
    assert carry_out(campaign) == 3
    assert statuses(campaign)["pending"] == 3
    assert "3 people are sent to again." in owner.get(f"/campaigns/{campaign.id}").text


@pytest.mark.parametrize("codes", [[], ["131049"], ["999"], ["x"]])
def test_a_choice_that_brings_nobody_back_is_refused_beside_its_field(
    owner: Person, codes: list[str]
) -> None:
    campaign = with_failures(owner)
    answer = owner.post(f"/campaigns/{campaign.id}/retry", {"codes": codes})
    assert answer.status_code == 422
    assert 'id="codes-error"' in answer.text


def test_the_uncertain_need_their_number_typed(owner: Person) -> None:
    campaign = with_failures(owner)
    assert "2 people may get this message twice." in owner.get(f"/campaigns/{campaign.id}/resend").text
    refused = owner.post(f"/campaigns/{campaign.id}/resend", {"typed": "3"})
    assert refused.status_code == 422
    assert "They are 2 people now. Type that number to go on." in refused.text
    assert owner.post(f"/campaigns/{campaign.id}/resend", {"typed": "2"}).status_code == 303
    act_for(owner.tenant_id)
    assert carry_out(campaign) == 2


def test_what_may_reach_people_twice_is_for_managers(app: Flask, owner: Person) -> None:
    campaign = with_failures(owner)
    sender, viewer = (join(app, owner.tenant_id, role) for role in ("sender", "viewer"))
    assert sender.post(f"/campaigns/{campaign.id}/resend", {"typed": "2"}).status_code == 403
    assert viewer.post(f"/campaigns/{campaign.id}/retry", {"codes": ["131000"]}).status_code == 403
    assert f"/campaigns/{campaign.id}/resend" not in sender.get(f"/campaigns/{campaign.id}").text
    act_for(owner.tenant_id)
    assert statuses(campaign)["pending"] == 0


def test_a_cancelled_campaign_says_so(owner: Person) -> None:
    campaign = with_failures(owner)
    moves.cancel(owner.tenant_id, campaign.id)
    assert owner.post(f"/campaigns/{campaign.id}/retry", {"codes": ["131000"]}).status_code == 303
    assert "This campaign was cancelled" in owner.get(f"/campaigns/{campaign.id}").text


def test_an_owner_says_how_many_failures_are_too_many(owner: Person) -> None:
    typed = {"name": "Acme", "time_zone": "UTC", "locale": "en", "default_country": "", "opt_out_words": ""}

    def limit() -> int | None:
        tenant = db.session.get_one(Tenant, owner.tenant_id, populate_existing=True)
        return tenant.failure_limit

    assert limit() == 30
    assert owner.post("/settings", typed).status_code == 303
    assert limit() == 30
    assert owner.post("/settings", typed | {"failure_limit": "12"}).status_code == 303
    assert limit() == 12
    assert 'value="12"' in owner.get("/settings").text
    for wrong in ("0", "100", "many"):
        assert owner.post("/settings", typed | {"failure_limit": wrong}).status_code == 422
    assert owner.post("/settings", typed | {"failure_limit": ""}).status_code == 303
    assert limit() is None
