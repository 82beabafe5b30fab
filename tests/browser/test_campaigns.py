"""A campaign that is being sent, in the hands of the person who watches it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doing import SOON, figure, make_number
from tests.campaigning import check_counts, make_campaign, make_people, statuses
from tests.people import Person
from tests.processes import House, wait_until
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.services.campaigns import moves

PEOPLE = 300


@pytest.fixture
def campaign(owner: Person, house: House) -> Campaign:
    """It takes half a minute, so that there is time to press buttons."""
    make_people(owner.tenant_id, PEOPLE)
    number = make_number(owner.tenant_id, house, per_second=10)
    made = make_campaign(owner.tenant_id, number, status="draft", message="Hello {{name}}")
    moves.start(owner.tenant_id, made.id)
    return made


def is_at(page: Page, status: str) -> None:
    expect(page.locator("#campaign-status")).to_have_attribute("data-campaign-status", status, timeout=SOON)


def wait_for_some(page: Page, count: int) -> None:
    page.wait_for_function(
        "count => Number(document.querySelector('#campaign-bar-read .bar-count').textContent) >= count",
        arg=count,
    )


def stands_still(page: Page, house: House) -> None:
    """What was on the wire when the button was pressed may still arrive; then nothing moves."""
    page.wait_for_timeout(1500)
    accepted, waiting = len(house.provider.ledger()), figure(page, "waiting")
    page.wait_for_timeout(1500)
    assert (len(house.provider.ledger()), figure(page, "waiting")) == (accepted, waiting)


def test_it_is_paused_resumed_and_cancelled_by_clicking(house: House, campaign: Campaign, page: Page) -> None:
    page.goto(f"/campaigns/{campaign.id}")
    is_at(page, "running")
    wait_for_some(page, 10)
    expect(page.get_by_role("button", name="Resume")).to_be_hidden()
    page.get_by_role("button", name="Pause").click()
    is_at(page, "paused")
    expect(page.get_by_text("Paused. Nothing more goes out.")).to_be_visible()
    stands_still(page, house)
    stood = figure(page, "waiting")

    page.get_by_role("button", name="Resume").click()
    is_at(page, "running")
    wait_for_some(page, PEOPLE - stood + 10)

    page.get_by_role("button", name="Cancel", exact=True).click()
    asked = page.get_by_role("dialog", name="Cancel this campaign?")
    expect(asked.locator("#campaign-waiting")).to_contain_text("people are still waiting")
    asked.get_by_role("button", name="Not now").click()
    expect(asked).to_be_hidden()
    page.get_by_role("button", name="Cancel", exact=True).click()
    asked.get_by_role("button", name="Cancel the campaign").click()
    is_at(page, "cancelled")
    for name in ("Pause", "Resume", "Cancel"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()

    wait_until(lambda: _is_settled(campaign), 30)
    found = statuses(campaign)
    assert set(found) == {"read", "cancelled"}
    assert 0 < found["cancelled"] < stood
    assert found.total() == PEOPLE
    check_counts(campaign)
    page.reload()
    assert (figure(page, "read"), figure(page, "cancelled")) == (found["read"], found["cancelled"])


def test_a_figure_opens_the_people_behind_it_and_stays_while_the_page_moves(
    house: House, campaign: Campaign, page: Page
) -> None:
    page.goto(f"/campaigns/{campaign.id}")
    wait_for_some(page, 5)
    page.locator("#campaign-bar-read a").click()
    listed = page.locator("#recipients")
    expect(listed.get_by_role("heading", name="Read")).to_be_visible()
    expect(listed.get_by_role("link", name="Person 0", exact=True)).to_be_visible()
    read = figure(page, "read")
    wait_for_some(page, read + 10)
    expect(listed.get_by_role("heading", name="Read")).to_be_visible()
    assert page.url.endswith("segment=read")
    listed.get_by_role("link", name="Close").click()
    expect(page.locator("#recipients")).to_be_hidden()


def _is_settled(campaign: Campaign) -> bool:
    """Whoever got it has read it by now, and the clock has folded the counts."""
    db.session.rollback()
    act_for(campaign.tenant_id)
    db.session.refresh(campaign)
    found = statuses(campaign)
    return set(found) <= {"read", "cancelled"} and (campaign.read_count, campaign.cancelled_count) == (
        found["read"],
        found["cancelled"],
    )
