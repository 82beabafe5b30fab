"""What people do in several tests, by clicking and typing."""

import uuid
from collections.abc import Iterator

from playwright.sync_api import FilePayload, Page, expect

from tests.campaigning import APP_SECRET, make_instance
from tests.processes import House
from webapp.models.whatsapp_instances import WhatsAppInstance

# A check, an import and a start go through a worker, on a machine that may be busy.
SOON = 30_000


def connect_number(page: Page, house: House, *, number_id: str, per_second: int = 500) -> None:
    """The form behind Connect a number, until the check has said that all is well."""
    page.get_by_role("textbox", name="Name", exact=True).fill("Flower line")
    page.get_by_role("textbox", name="Phone number", exact=True).fill("+1 202 555 0177")
    page.get_by_label("Messages per second").fill(str(per_second))
    page.get_by_label("Phone number ID").fill(number_id)
    page.get_by_label("WhatsApp Business Account ID").fill(f"9{number_id}")
    page.get_by_label("Access token").fill("EAAG-a-permanent-token")
    page.get_by_label("App secret").fill(APP_SECRET)
    page.get_by_label("Server").fill(house.provider.url)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("The number is connected: it can send")).to_be_visible(timeout=SOON)


def make_number(tenant_id: uuid.UUID, house: House, *, per_second: int = 500) -> WhatsAppInstance:
    """A number that is connected already, with its callbacks coming back to the house."""
    number = make_instance(tenant_id, house.provider.url, per_second=per_second)
    house.provider.ask(
        "numbers",
        phoneNumberId=number.phone_number_id,
        businessAccountId=number.business_account_id,
        url=f"{house.url}/callbacks/whatsapp/{number.id}",
    )
    return number


def upload(page: Page, name: str, content: str) -> None:
    """A file that the test has made, as if it lay on the desk."""
    file = FilePayload(name=name, mimeType="text/csv", buffer=content.encode())
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def confirm_start(page: Page, typed: str | None = None) -> None:
    """The question after Start, on the last step."""
    page.get_by_role("button", name="Start …").click()
    asked = page.get_by_role("dialog", name="Start this campaign?")
    if typed is not None:
        expect(asked.get_by_role("button", name="Start now")).to_be_disabled()
        asked.get_by_label("To go on, type").fill(typed)
    asked.get_by_role("button", name="Start now").click()


def figure(page: Page, segment: str) -> int:
    """What stands under the bar of a campaign."""
    return int(page.locator(f"#campaign-bar-{segment} .bar-count").inner_text().replace(",", ""))


def figures_over_time(page: Page, segment: str, wanted: int) -> Iterator[int]:
    """The figure each time it is looked at, until it is what is wanted; fails after half a minute."""
    for _look in range(600):
        seen = figure(page, segment)
        yield seen
        if seen == wanted:
            return
        page.wait_for_timeout(50)
    stands = " ".join(page.locator("main").inner_text().split())
    raise AssertionError(f"{segment} did not become {wanted}: {stands}")
