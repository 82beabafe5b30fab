"""The journey: a newcomer opens a link, and a while later two thousand people have read a message, everyone once."""

import re
from collections import Counter

from flask import Flask
from playwright.sync_api import Page, WebSocket, expect
from sqlalchemy import select

from tests.browser.conftest import Browse
from tests.browser.doing import SOON, confirm_start, connect_number, figure, figures_over_time, go_on, upload
from tests.campaigning import check_counts, statuses
from tests.processes import House, wait_until
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.services import accounts

PEOPLE = 2000
NUMBER_ID = "515151515151515"
NAMES = [
    "Ana Souza", 'Jo "Joe" Weber', "Müller; Heinz", "ليلى حداد", "O’Connor <b>Amy</b>", "=1+1", "李伟", "", "Zoë 🌷",
]  # fmt: skip


def phone(n: int) -> str:
    return f"+49151{20_000_000 + n}"


def as_written(n: int) -> str:
    """One number in the four ways in which people write it."""
    end = phone(n)[6:]
    return [phone(n), f"0049 151 {end}", f"0151/{end}", f"(0151) {end[:4]}-{end[4:]}"][n % 4]


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def a_list() -> str:
    """With a byte order mark, semicolons, line breaks in cells, empty lines, repeated rows, and rows to refuse."""
    rows = ["Name;Handynummer;Ort;Notiz"]
    for n in range(PEOPLE):
        note = cell("first line\r\nsecond line") if n % 50 == 0 else ""
        rows.append(f"{cell(NAMES[n % len(NAMES)])};{as_written(n)};Köln;{note}")
        if n % 400 == 0:
            rows += ["", ";;;"]
    rows += [f"Once more;{phone(n)};Bonn;" for n in range(7)]
    rows += ["No number;;Bonn;", "Letters;call me;Bonn;", "Too short;+4915;Bonn;"]
    return "\ufeff" + "\r\n".join(rows) + "\r\n"


def first_step(page: Page, title: str) -> None:
    """The button beside a step of the dashboard."""
    page.goto("/")
    page.get_by_role("listitem").filter(has_text=title).get_by_role("link").click()


def come_in(page: Page, token: str) -> None:
    page.goto(f"/link/{token}")
    expect(page.get_by_role("heading", name="Welcome to Crier")).to_be_visible()
    page.get_by_label("Password").fill("meadow trumpet eleven")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Your password is set.")).to_be_visible()
    expect(page.get_by_text("Five steps to the first campaign.")).to_be_visible()


def bring_contacts(page: Page) -> None:
    upload(page, "kunden.csv", a_list())
    expect(page.get_by_role("heading", name="What is in the columns?")).to_be_visible()
    expect(page.get_by_text("phone numbers can be read. If they have no country code")).to_be_visible()
    page.locator("select[name=default_country]").select_option(label="Germany")
    expect(page.get_by_text(re.compile("All of the first .* phone numbers can be read"))).to_be_visible()
    expect(page.get_by_label("Handynummer becomes")).to_have_value("phone_number")
    expect(page.get_by_label("Notiz becomes")).to_have_value("attribute")
    page.get_by_label("Or into a new group called").fill("Spring list")
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_role("link", name="Go to contacts")).to_be_visible(timeout=SOON)
    for label, count in (("Added", "2,000"), ("Repeated", "7"), ("Refused", "3")):
        expect(page.locator(".stat", has=page.get_by_text(label, exact=True))).to_contain_text(count)


def write_template(page: Page) -> None:
    page.get_by_role("textbox", name="Name", exact=True).fill("Spring greeting")
    page.get_by_role("textbox", name="Text").fill("Hi ")
    page.get_by_role("button", name="name", exact=True).click()
    page.keyboard.type(", the *tulips* are here! 🌷")
    page.get_by_label("{{name}}").fill("dear friend")
    look_through_the_contacts(page)
    page.get_by_role("button", name="Save template").click()
    expect(page.get_by_role("heading", name="Spring greeting")).to_be_visible()


def look_through_the_contacts(page: Page) -> None:
    """The phone shows each person's own name, until it is the turn of somebody who has none."""
    said, whose = page.locator("#preview .bubble-text"), page.locator("#preview .preview-caption")
    expect(said).to_contain_text("the tulips are here! 🌷")
    for _turn in range(60):
        called = whose.inner_text().removeprefix("As ").removesuffix(" will see it")
        if called.startswith("+49"):
            break
        expect(said).to_contain_text(f"Hi {called}, the tulips")
        page.get_by_role("button", name="The next contact").click()
        expect(whose).not_to_have_text(f"As {called} will see it")
    expect(said).to_contain_text("Hi dear friend, the tulips")


def walk_the_wizard(page: Page) -> None:
    page.get_by_label("Name of the campaign").fill("Tulips")
    expect(page.get_by_role("radio", name="Flower line")).to_be_checked()
    go_on(page)
    page.get_by_role("checkbox", name="Spring list").check()
    expect(page.locator("#reach-figures")).to_contain_text("2,000 people", timeout=SOON)
    go_on(page)
    page.get_by_label("Template", exact=True).select_option(label="Spring greeting")
    expect(page.locator("#preview .bubble-text")).to_contain_text("the tulips are here! 🌷")
    go_on(page)
    expect(page.get_by_label("As soon as I start it")).to_be_checked()
    go_on(page)
    expect(page.get_by_text("2,000 people get it: the group Spring list.")).to_be_visible()
    confirm_start(page, typed="2000")


class Listener:
    """Counts what came over the live page's socket, and what it asked for besides."""

    def __init__(self, page: Page) -> None:
        self.frames = self.polls = 0
        page.on("websocket", self._opened)
        page.on("request", self._asked)

    def _opened(self, socket: WebSocket) -> None:
        assert re.search(r"/campaigns/[0-9a-f-]+/live$", socket.url)
        socket.on("framereceived", self._came)

    def _came(self, _data: str | bytes) -> None:
        self.frames += 1

    def _asked(self, request: object) -> None:
        self.polls += "/frame" in getattr(request, "url", "")


def watch_until_all_have_read(page: Page) -> None:
    """The figures move by themselves: over the socket, in a document that is never loaded again."""
    listener = Listener(page)
    expect(page.get_by_role("heading", name="Tulips")).to_be_visible()
    page.reload()
    page.evaluate("document.documentElement.dataset.kept = 'yes'")
    seen = Counter(figures_over_time(page, "read", PEOPLE))
    assert len(seen) >= 4, seen
    assert listener.frames >= 4
    assert listener.polls == 0
    expect(page.get_by_text("Done: everybody was written to.")).to_be_visible(timeout=SOON)
    assert page.evaluate("document.documentElement.dataset.kept") == "yes"


def test_a_newcomer_reaches_two_thousand_people_once_each(app: Flask, house: House, browse: Browse) -> None:
    tenant, token = accounts.create_tenant("Rosa's Flowers", "rosa@flowers.example")
    page = browse()
    come_in(page, token)
    first_step(page, "Connect a number")
    connect_number(page, house, number_id=NUMBER_ID)
    first_step(page, "Bring your contacts")
    bring_contacts(page)
    first_step(page, "Write a message")
    write_template(page)
    first_step(page, "Start a campaign")
    walk_the_wizard(page)
    watch_until_all_have_read(page)

    shown = {
        name: figure(page, name) for name in ("read", "delivered", "sent", "uncertain", "failed", "waiting")
    }
    assert shown == {"read": PEOPLE, "delivered": 0, "sent": 0, "uncertain": 0, "failed": 0, "waiting": 0}

    accepted = [entry for entry in house.provider.ledger() if entry["phoneNumberId"] == NUMBER_ID]
    assert Counter(entry["to"] for entry in accepted) == {phone(n): 1 for n in range(PEOPLE)}
    texts = {entry["to"]: entry["body"] for entry in accepted}

    act_for(tenant.id)
    names = dict(db.session.execute(select(Contact.phone_number, Contact.name)).all())
    assert texts == {
        to: f"Hi {name or 'dear friend'}, the *tulips* are here! 🌷" for to, name in names.items()
    }
    campaign = db.session.scalars(Campaign.of(tenant.id)).one()
    assert statuses(campaign) == {"read": PEOPLE}
    check_counts(campaign)
    wait_until(lambda: _folded(campaign) == (PEOPLE, PEOPLE, PEOPLE, PEOPLE, 0), 20)


def _folded(campaign: Campaign) -> tuple[int, ...]:
    db.session.rollback()
    act_for(campaign.tenant_id)
    db.session.refresh(campaign)
    return (
        campaign.total_recipients, campaign.sent_count, campaign.delivered_count, campaign.read_count, campaign.failed_count,
    )  # fmt: skip
