"""Lists that answer while somebody types, and what is taken back."""

import re

from playwright.sync_api import Page, expect

from tests.builders import make_group
from tests.drafting import make_contact
from tests.people import Person


def test_the_list_follows_what_is_typed_and_the_cursor_stays(owner: Person, page: Page) -> None:
    for name in ("Ana Souza", "Anton Weber", "Zoë Vogt"):
        make_contact(owner.tenant_id, name)
    page.goto("/contacts")
    page.evaluate("document.documentElement.dataset.kept = 'yes'")
    search = page.get_by_role("searchbox")
    search.focus()
    rows = page.locator("#contacts-list a.row-link")
    for letters, names in (("an", ["Anton Weber", "Ana Souza"]), ("t", ["Anton Weber"]), ("x", [])):
        page.keyboard.type(letters)
        expect(rows).to_have_text(names)
        expect(search).to_be_focused()
    expect(page.get_by_text("Nobody found")).to_be_visible()
    assert "q=antx" in page.url
    for _letter in "antx":
        page.keyboard.press("Backspace")
    expect(rows).to_have_count(3)
    assert page.evaluate("document.documentElement.dataset.kept") == "yes"
    assert page.evaluate("document.activeElement.selectionStart") == 0


def test_a_toast_takes_back_what_was_deleted(owner: Person, page: Page) -> None:
    contact = make_contact(owner.tenant_id, "Ana Souza")
    make_group(owner.tenant_id, "Regulars", contact)
    for path, name in (("/contacts", "Ana Souza"), ("/groups", "Regulars")):
        page.goto(path)
        row = page.get_by_role("row").filter(has_text=name)
        row.locator("summary").click()
        row.get_by_role("button", name="Move to trash").click()
        expect(page.locator("[data-toast]")).to_be_visible()
        expect(page.locator("tbody").get_by_text(name)).to_have_count(0)
        page.locator("[data-toast]").get_by_role("button", name="Undo").click()
        expect(page.locator("[data-toast]")).to_contain_text("back")
        page.goto(path)
        expect(page.get_by_role("link", name=name)).to_be_visible()


def test_all_that_match_are_chosen_and_deleted_and_brought_back(owner: Person, page: Page) -> None:
    for number in range(60):
        make_contact(owner.tenant_id, f"Guest {number}")
    make_contact(owner.tenant_id, "Somebody else")
    page.goto("/contacts?q=guest")
    page.get_by_role("checkbox", name="Choose all on this page").check()
    bar = page.get_by_role("form", name="With the chosen rows")
    expect(bar).to_contain_text("50 chosen")
    bar.get_by_label("All 60 that match").check()
    bar.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("60 contacts go into the trash")).to_be_visible()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.locator("[data-toast][data-stays]")).to_contain_text("60")
    expect(page).to_have_url(re.compile("q=guest"))
    page.goto("/contacts")
    expect(page.locator("#contacts-list a.row-link")).to_have_text(["Somebody else"])


def test_everything_that_a_key_may_do_is_chosen_at_once(owner: Person, page: Page) -> None:
    page.goto("/settings/keys/new")
    everything, boxes = page.get_by_label("All of it"), page.locator(".checklist input[name]")
    everything.check()
    expect(boxes.last).to_be_checked()
    boxes.first.uncheck()
    assert everything.evaluate("box => box.indeterminate")
    everything.check()
    everything.uncheck()
    expect(page.locator(".checklist input[name]:checked")).to_have_count(0)
    assert page.locator(".checklist").evaluate("box => box.scrollHeight <= box.clientHeight")
