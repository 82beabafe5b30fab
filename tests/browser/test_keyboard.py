"""Without a mouse: everything is reached with Tab, and what has the focus can be seen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.people import Person
from webapp.services import accounts, sessions

PASSWORD = "meadow trumpet eleven"
FOCUSED = """() => {
  const one = document.activeElement;
  const label = one.labels?.[0]?.innerText ?? one.innerText ?? '';
  return (one.getAttribute('aria-label') || label || one.value || '').replace('*', '').trim();
}"""
# Something is drawn around it: an outline, or a shadow in its place.
OUTLINED = """() => {
  if (document.activeElement === document.body) return true;
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
}"""


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the focus is there, unless it is already; each place on the way can be seen."""
    for _press in range(60):
        if page.evaluate(FOCUSED) == label:
            return
        page.keyboard.press("Tab")
        assert page.evaluate(OUTLINED), page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"Tab never reaches {label}")


@pytest.fixture
def password(owner: Person) -> str:
    sessions.sign_in_by_link(accounts.link_user(owner.email), PASSWORD)
    return PASSWORD


def test_somebody_signs_in_and_writes_down_a_group(owner: Person, browse: Browse, password: str) -> None:
    page = browse()
    page.goto("/groups")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    for label, text in (("E-mail address", owner.email), ("Password", password)):
        tab_to(page, label)
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()

    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the content"
    page.keyboard.press("Enter")
    tab_to(page, "New group")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New group")).to_be_visible()
    tab_to(page, "Make group")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "name", (
        "the browser leads to the field that is empty"
    )
    page.keyboard.type("Early birds")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Early birds")).to_be_visible()


def test_a_menu_and_a_dialog_let_go_of_the_keyboard(owner: Person, page: Page) -> None:
    page.goto("/settings/people")
    page.get_by_role("link", name=owner.email).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=owner.email)).to_be_visible()
    tab_to(page, "Remove this person")
    page.keyboard.press("Enter")
    asked = page.get_by_role("dialog")
    expect(asked).to_be_visible()
    for _press in range(6):
        page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        assert page.evaluate(inside), "the focus leaves an open dialog"
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    assert page.evaluate(FOCUSED) == "Remove this person"

    page.locator(".rail details.menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_refused_form_says_so_where_the_focus_is(page: Page) -> None:
    page.goto("/contacts/new")
    page.get_by_role("textbox", name="Phone number").fill("call me")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Phone number")).to_be_focused()
    expect(page.get_by_role("textbox", name="Phone number")).to_have_attribute("aria-invalid", "true")
