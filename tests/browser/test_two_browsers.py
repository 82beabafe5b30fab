"""Two people at work: what one changes is soon on the page of the other, who loses nothing of what they are doing."""

import re
import time
import uuid

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.builders import make_group
from tests.drafting import make_contact, make_draft
from tests.people import Person, join
from webapp.services import contacts, groups, message_templates
from webapp.services.campaigns import drafts

# In milliseconds: by then only the socket can have told it, for the feed looks by itself no sooner than after 15 s.
SOON = 8_000


@pytest.fixture
def other(app: Flask, owner: Person, browse: Browse) -> Page:
    """A colleague's browser."""
    return browse(join(app, owner.tenant_id, "sender"))


def followed(page: Page, path: str) -> Page:
    """The page once it hears of changes."""
    page.goto(path)
    expect(page.locator("#page-follow[data-socket=open]")).to_be_attached()
    page.evaluate("document.documentElement.dataset.kept = 'yes'")
    return page


def is_as_it_was(page: Page) -> bool:
    """Whether the page was never loaded anew."""
    return bool(page.evaluate("document.documentElement.dataset.kept") == "yes")


def rename(tenant_id: uuid.UUID, contact_id: uuid.UUID, name: str) -> None:
    contact = contacts.get(tenant_id, contact_id)
    contacts.update(tenant_id, contact_id, phone_number=contact.phone_number or "", name=name)


def test_an_edit_in_one_browser_is_soon_in_the_other(owner: Person, page: Page, other: Page) -> None:
    contact = make_contact(owner.tenant_id, "Ana Souza")
    followed(other, "/contacts")
    page.goto(f"/contacts/{contact.id}/edit")
    page.get_by_label("Name", exact=True).fill("Ana Weber")
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url(f"**/contacts/{contact.id}")
    began = time.monotonic()
    expect(other.get_by_role("link", name="Ana Weber")).to_be_visible(timeout=SOON)
    print(f"\nin the other browser after {time.monotonic() - began:.2f} s")
    assert is_as_it_was(other)


def test_every_list_follows(owner: Person, page: Page) -> None:
    tenant_id = owner.tenant_id
    cases = (
        ("/contacts", lambda: make_contact_by_verb(tenant_id), "New person"),
        ("/groups", lambda: groups.create(tenant_id, name="New group"), "New group"),
        (
            "/templates",
            lambda: message_templates.create(tenant_id, name="New text", content="Hi"),
            "New text",
        ),
        ("/campaigns", lambda: drafts.create(tenant_id, name="New draft"), "New draft"),
    )
    for path, change, seen in cases:
        followed(page, path)
        change()
        expect(page.locator("main").get_by_role("link", name=seen)).to_be_visible(timeout=SOON)
        assert is_as_it_was(page), path


def make_contact_by_verb(tenant_id: uuid.UUID) -> None:
    contacts.create(tenant_id, phone_number="+4915120666001", name="New person")


def test_filters_and_what_is_ticked_stay(owner: Person, page: Page) -> None:
    people = {name: make_contact(owner.tenant_id, name) for name in ("Guest One", "Guest Two", "Else")}
    followed(page, "/contacts?q=guest")
    page.get_by_role("checkbox", name="Choose Guest One").check()
    rename(owner.tenant_id, people["Guest Two"].id, "Guest Three")
    expect(page.get_by_role("link", name="Guest Three")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("checkbox", name="Choose Guest One")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Choose Guest Three")).not_to_be_checked()
    expect(page.get_by_role("form", name="With the chosen rows")).to_contain_text("1 chosen")
    expect(page.get_by_role("link", name="Else")).to_have_count(0)
    assert "q=guest" in page.url


def test_an_open_menu_is_not_closed_and_the_list_follows_after_it(owner: Person, page: Page) -> None:
    contact = make_contact(owner.tenant_id, "Ana Souza")
    followed(page, "/contacts")
    page.get_by_role("row").filter(has_text="Ana").locator("summary").click()
    page.evaluate("window.asked = 0; document.addEventListener('htmx:beforeRequest', () => window.asked++)")
    rename(owner.tenant_id, contact.id, "Anna Souza")
    page.evaluate("for (let note = 0; note < 10; note++) htmx.trigger('#page-changed', 'changed')")
    page.wait_for_timeout(1500)
    assert page.evaluate("window.asked") <= 14, "however often it was told, it asks once a second"
    expect(page.get_by_role("button", name="Move to trash").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Anna Souza")).to_be_visible(timeout=SOON)


def test_what_is_being_typed_is_never_overwritten(owner: Person, page: Page) -> None:
    contact = make_contact(owner.tenant_id, "Ana Souza")
    followed(page, f"/contacts/{contact.id}/edit")
    name = page.get_by_label("Name", exact=True)
    name.fill("What I am typing")
    rename(owner.tenant_id, contact.id, "What they typed")
    expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible(timeout=SOON)
    expect(name).to_have_value("What I am typing")
    expect(name).to_be_focused()


def test_a_page_about_one_thing_follows_and_keeps_a_half_typed_form(owner: Person, page: Page) -> None:
    group = make_group(owner.tenant_id, "Regulars", make_contact(owner.tenant_id, "Ana"))
    followed(page, f"/groups/{group.id}")
    number = page.get_by_label("Phone number")
    number.fill("+49 1512 06")
    groups.update(owner.tenant_id, group.id, name="Friends")
    expect(page.get_by_role("heading", level=1)).to_have_text("Friends", timeout=SOON)
    expect(page).to_have_title(re.compile("^Friends"))
    expect(number).to_have_value("+49 1512 06")
    expect(number).to_be_focused()
    groups.update(owner.tenant_id, make_group(owner.tenant_id, "Others").id, name="Strangers")
    expect(page.get_by_text("Strangers")).to_have_count(0)


def test_a_page_of_something_that_is_gone_says_so(owner: Person, page: Page) -> None:
    contact = make_contact(owner.tenant_id, "Ana Souza")
    followed(page, f"/contacts/{contact.id}")
    contacts.remove(owner.tenant_id, contact.id)
    expect(page.get_by_text("Somebody moved this to the trash")).to_be_visible(timeout=SOON)


def test_a_draft_that_somebody_else_changes_says_so(owner: Person, page: Page) -> None:
    draft = make_draft(owner.tenant_id)
    followed(page, f"/campaigns/{draft.id}/edit/audience")
    drafts.update(owner.tenant_id, draft.id, name="Renamed")
    expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible(timeout=SOON)


def test_a_burst_of_changes_asks_at_most_once_a_second(owner: Person, page: Page) -> None:
    followed(page, "/groups")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/groups" in request.url else None)
    began = time.monotonic()
    for number in range(40):
        groups.create(owner.tenant_id, name=f"Group {number}")
    expect(page.get_by_role("link", name="Group 39", exact=True)).to_be_visible(timeout=SOON)
    assert 1 <= len(asked) <= 2 + (time.monotonic() - began)


def test_what_changed_while_the_page_was_drawn_is_not_missed(owner: Person, page: Page) -> None:
    """The page is there, its socket not yet: as over a slow line."""
    page.route("**/htmx-ext-ws/**", lambda route: (page.wait_for_timeout(700), route.continue_())[1])
    page.goto("/groups", wait_until="commit")
    groups.create(owner.tenant_id, name="In between")
    expect(page.get_by_role("link", name="In between")).to_be_visible(timeout=5_000)


def test_without_a_socket_the_page_asks_slowly(owner: Person, page: Page) -> None:
    page.add_init_script("window.WebSocket = class { close() {} addEventListener() {} };")
    page.add_init_script(
        "const every = window.setInterval; window.setInterval = (act, ms) => every(act, ms / 20);"
    )
    page.goto("/groups")
    groups.create(owner.tenant_id, name="Polled")
    expect(page.get_by_role("link", name="Polled")).to_be_visible(timeout=5_000)
