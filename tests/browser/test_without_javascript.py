"""Every page works without our script: a form, a click, an answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.browser.doing import go_on, make_number, upload
from tests.campaigning import statuses
from tests.people import Person
from tests.processes import House, wait_until
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.services import message_templates


@pytest.fixture
def page(browse: Browse, owner: Person) -> Page:
    return browse(owner, java_script_enabled=False)


def add_contact(page: Page, name: str, number: str) -> None:
    page.goto("/contacts")
    page.get_by_role("link", name="New contact").click()
    page.get_by_role("textbox", name="Phone number").fill(number)
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Add to contacts").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_contacts_are_made_found_and_taken_back_from_the_trash(page: Page) -> None:
    add_contact(page, "Ana Souza", "+49 151 7400 0001")
    add_contact(page, "Ben Weber", "+49 151 7400 0002")
    page.goto("/contacts")
    page.get_by_role("searchbox").fill("ana")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Ana Souza")).to_be_visible()
    expect(page.get_by_role("link", name="Ben Weber")).to_be_hidden()
    page.get_by_role("checkbox", name="Choose Ana Souza").check()
    page.locator("form.bulk-bar").get_by_role("button", name="Move to trash").click()
    expect(page.locator("[data-toast]")).to_contain_text("in the trash")
    page.get_by_role("button", name="Undo").click()
    page.goto("/contacts")
    expect(page.get_by_role("link", name="Ana Souza")).to_be_visible()


def test_a_list_is_brought_in_and_a_campaign_is_started(owner: Person, house: House, page: Page) -> None:
    make_number(owner.tenant_id, house)
    message_templates.create(owner.tenant_id, name="Hello", content="Hello {{name}}")
    page.goto("/contacts/imports/new")
    upload(page, "people.csv", "Name,Phone\nAna,+4915174000011\nBen,+4915174000012\n")
    page.get_by_label("Or into a new group called").fill("Both")
    page.get_by_role("button", name="Start the import").click()
    _reload_until(page, "Go to contacts")

    page.goto("/campaigns/new")
    page.get_by_label("Name of the campaign").fill("Plain")
    go_on(page)
    page.get_by_role("checkbox", name="Both").check()
    go_on(page)
    page.get_by_label("Template", exact=True).select_option(label="Hello")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview .bubble-text")).to_contain_text("Hello ")
    go_on(page)
    go_on(page)
    expect(page.get_by_text("2 people get it: the group Both.")).to_be_visible()
    page.get_by_role("button", name="Start now").click()
    expect(page.get_by_role("heading", name="Plain")).to_be_visible()

    act_for(owner.tenant_id)
    campaign = db.session.scalars(Campaign.of(owner.tenant_id)).one()
    wait_until(lambda: _all_read(campaign), 30)
    page.reload()
    expect(page.locator("#campaign-bar-read .bar-count")).to_have_text("2")


def _reload_until(page: Page, words: str) -> None:
    for _look in range(60):
        page.reload()
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"it never says {words}")


def _all_read(campaign: Campaign) -> bool:
    db.session.rollback()
    act_for(campaign.tenant_id)
    return statuses(campaign)["read"] == 2
