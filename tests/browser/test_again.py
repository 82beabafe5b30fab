"""Sending again, by clicking: the failed by their reason, the uncertain by typing how many they are."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doing import SOON, figure, make_number
from tests.campaigning import check_counts, make_campaign, make_people, statuses
from tests.people import Person
from tests.processes import House, wait_until
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.services.campaigns import moves

PEOPLE = 40


@pytest.fixture
def over(owner: Person, house: House) -> Campaign:
    """A campaign that is over: some were refused, of some nobody knows, and the provider is well again."""
    make_people(owner.tenant_id, PEOPLE)
    number = make_number(owner.tenant_id, house, per_second=200)
    campaign = make_campaign(owner.tenant_id, number, status="draft")
    house.provider.ask("faults", invalid=0.3, drop=0.3, lost=1.0)
    try:
        moves.start(owner.tenant_id, campaign.id)

        def is_over() -> bool:
            db.session.rollback()
            db.session.refresh(campaign)
            return campaign.status == "completed"

        wait_until(is_over, 30)
    finally:
        house.provider.ask("faults", invalid=0, drop=0, lost=0)
    return campaign


def is_done(page: Page, segment: str) -> None:
    page.wait_for_function(
        """segment => document.querySelector(`#campaign-bar-${segment} .bar-count`).textContent === '0'
           && document.querySelector('#campaign-status').dataset.campaignStatus === 'completed'""",
        arg=segment,
        timeout=SOON * 3,
    )


def test_failed_and_uncertain_are_sent_again(house: House, owner: Person, over: Campaign, page: Page) -> None:
    page.goto(f"/campaigns/{over.id}")
    failed, uncertain = figure(page, "failed"), figure(page, "uncertain")
    assert failed
    assert uncertain
    page.get_by_role("link", name="Send again to those who failed").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator('input[name="codes"]').first.check()
    dialog.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("sent to again")).to_be_visible()
    is_done(page, "failed")
    page.get_by_role("link", name="Send again to the uncertain").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Number of people").fill(str(uncertain + 1))
    dialog.get_by_role("button", name="Send again all the same").click()
    expect(page.get_by_text(f"They are {uncertain} people now.")).to_be_visible()
    page.get_by_label("Number of people").fill(str(uncertain))
    page.get_by_role("button", name="Send again all the same").click()
    is_done(page, "uncertain")
    act_for(owner.tenant_id)
    db.session.rollback()
    found = statuses(over)
    assert sum(found.values()) == PEOPLE
    assert not {"failed", "uncertain", "pending"} & set(found)
    check_counts(over)
