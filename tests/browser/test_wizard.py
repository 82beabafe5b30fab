"""A form of the wizard that was refused: mended, left, and come back to."""

from playwright.sync_api import Page, expect

from tests.drafting import make_contact, make_draft
from tests.people import Person


def test_a_mended_field_is_not_called_wrong_and_back_asks_for_the_page(owner: Person, page: Page) -> None:
    make_contact(owner.tenant_id, "Ana")
    draft = make_draft(owner.tenant_id, message="Hello")
    page.goto(f"/campaigns/{draft.id}/edit/message")
    text = page.get_by_label("Text", exact=True)
    text.fill("Hi {{first name}, 50% today")
    expect(page.locator("#placeholders-broken")).to_contain_text("{{first name}")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator(".field-error")).to_contain_text("is no placeholder")
    text.fill("Hi {{first name}}, 50% today")
    expect(page.locator(".field-error")).to_have_count(0)
    expect(page.locator("[data-focus]")).to_have_count(0)
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/edit/schedule")
    page.go_back()
    expect(text).to_have_value("Hi {{first name}}, 50% today")
