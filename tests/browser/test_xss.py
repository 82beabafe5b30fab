"""What people type stays what it is: a text. From every field there is, on every page that shows it."""

import csv
import io
import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.browser.doing import SOON, make_number, upload
from tests.browser.payloads import PAYLOADS
from tests.browser.places import pages
from tests.manners import check_manners
from tests.people import Person
from tests.processes import House, wait_until
from tests.world import make_world
from webapp.db import act_for, db
from webapp.models.messages_history import Message
from webapp.models.tenants import Tenant

NUMBERS = count(71_000_001)
# Too much for one name: each of these is one.
PARTS = [" ".join(PAYLOADS[first::2]) for first in range(2)]
# Pages of one thing, whose text must have the whole of its name in it.
SHOWN_ON = (
    "/contacts/",
    "/groups/",
    "/templates/",
    "/numbers/",
    "/messages/",
    "/campaigns/",
    "/contacts/imports/",
    "/webhooks/",
)

# Elements and attributes that no page of ours has.
FOREIGN = """() => {
  const strange = '#xss, xss, script:not([src]), iframe, object, embed, base, marquee, audio, video, style, math, animate,'
    + ' meta[http-equiv], [srcdoc], [ws-connect]:not(#campaign-live, #page-follow), [popover]';
  const bad = ({ name, value }) => /^on|^hx-on|^style$/.test(name)
    || (/^(href|src|action|formaction|xlink:href|data)$/.test(name) && /^\\s*(javascript|data|\\/\\/evil)/i.test(value));
  // A form's own properties are hidden by fields of the same name.
  const { getAttributeNames: names, getAttribute: get } = Element.prototype;
  const pairs = (one) => names.call(one).map((name) => ({ name, value: get.call(one, name) }));
  const all = [...document.querySelectorAll('*')].filter((one) => one.matches(strange) || pairs(one).some(bad));
  return all.map((one) => one.outerHTML.slice(0, 160));
}"""
WORDS = """() => document.documentElement.textContent
  + [...document.querySelectorAll('input, textarea')].map((field) => '\\n' + field.value).join('')"""


def look(page: Page, address: str) -> str:
    """All the words of a page, on which nothing has become more than words."""
    page.goto(address)
    assert page.evaluate(FOREIGN) == [], address
    words: str = page.evaluate(WORDS)
    return words


def name_tenant(tenant_id: uuid.UUID, name: str) -> None:
    tenant = db.session.get(Tenant, tenant_id)
    assert tenant is not None
    tenant.name = name
    db.session.commit()
    act_for(tenant_id)


def all_pages_of(page: Page, address: str) -> Iterator[str]:
    """The words of a list, page by page."""
    yield look(page, address)
    while (older := page.locator("nav.pager a", has_text="Older")).count():
        yield look(page, str(older.get_attribute("href")))


def missing_from(words: str, *, beginning: int | None = None) -> list[str]:
    """Those that are not there, or whose beginning is not. What can not be seen in a name is taken out of it."""
    seen = _visible(words)
    return [payload for payload in PAYLOADS if _visible(payload[:beginning]) not in seen]


def _visible(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and sign != " ")


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 60


def test_names_and_texts_are_only_text_on_every_page(app: Flask, owner: Person, page: Page) -> None:
    name_tenant(owner.tenant_id, " ".join(PAYLOADS))
    seen, shown = set(), set()
    worlds = [make_world(owner, part, next(NUMBERS)) for part in PARTS]
    for part, world in zip(PARTS, worlds, strict=True):
        for address in pages(app, world):
            if address in seen:
                continue
            seen.add(address)
            if _visible(part) in _visible(look(page, address)):
                shown.add(part + address.rsplit("/", 1)[0] + "/")
    assert missing_from(look(page, "/")) == [], "the name of the tenant"
    assert [(part, place) for part in PARTS for place in SHOWN_ON if part + place not in shown] == []


def test_what_comes_in_from_strangers_is_only_text(owner: Person, house: House, page: Page) -> None:
    number = make_number(owner.tenant_id, house)
    for place, payload in enumerate(PAYLOADS):
        who = f"+49152{72_000_000 + place}"
        told = {"from": who, "text": payload, "name": payload}
        house.provider.ask("inbound", phoneNumberId=number.phone_number_id, **told)
    wait_until(lambda: _inbound(owner.tenant_id) == len(PAYLOADS), 30)
    assert missing_from("".join(all_pages_of(page, "/messages?direction=in"))) == []
    assert missing_from("".join(all_pages_of(page, "/contacts"))) == []
    first = page.locator("#contacts-list a.row-link").first.get_attribute("href")
    assert "From them" in look(page, str(first))


def test_a_file_is_only_text_in_headers_and_cells(owner: Person, page: Page) -> None:
    sheet = io.StringIO()
    write = csv.writer(sheet).writerow
    write(["Phone", "Name", *PAYLOADS])
    for place, payload in enumerate(PAYLOADS):
        write([f"+49153{73_000_000 + place}", payload, *PAYLOADS])
    write([PAYLOADS[0], "no number", *PAYLOADS])
    page.goto("/contacts/imports/new")
    upload(page, f"{PAYLOADS[13]}.csv", sheet.getvalue())
    expect(page.get_by_role("heading", name="What is in the columns?")).to_be_visible()
    assert missing_from(look(page, f"{page.url}?header=yes&delimiter=comma"), beginning=24) == []
    expect(page.locator("select[name='columns-1-target']")).to_have_value("name")
    for target in page.locator("select[name$='-target']").all()[2:]:
        target.select_option("")
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_role("link", name="Go to contacts")).to_be_visible(timeout=SOON)
    assert f"{PAYLOADS[13]}.csv" in look(page, page.url)
    assert missing_from("".join(all_pages_of(page, "/contacts"))) == []


def test_what_a_toast_says_is_only_text(owner: Person, page: Page) -> None:
    name = PAYLOADS[13]
    page.goto("/groups/new")
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Make group").click()
    page.locator(".page-actions summary").click()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.locator("[data-toast]")).to_contain_text(name)
    assert page.evaluate(FOREIGN) == []


class _Parsed(HTMLParser):
    """Which elements a page has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag} | {f"{tag}.{name}" for name, _ in attrs}


@pytest.mark.parametrize(
    "place",
    ["contacts", "groups", "templates", "campaigns", "messages", "numbers", "contacts?trash=1&status="],
)
def test_what_is_asked_for_is_only_text(owner: Person, place: str) -> None:
    """Searches and filters come back in the page; that their elements are those of an innocent search is enough."""
    path, _, rest = place.partition("?")
    innocent = _Parsed(owner.get(f"/{path}?{rest}&q=nobody").text).found
    for payload in PAYLOADS:
        asked = {"q": payload, "status": payload, "group": payload, "older": payload, "campaign": payload}
        answer = owner.get(
            f"/{path}", query_string=dict(pair.split("=") for pair in rest.split("&") if pair) | asked
        )
        assert answer.status_code == 200, payload
        check_manners(answer.text)
        assert _Parsed(answer.text).found <= innocent, payload


def _inbound(tenant_id: uuid.UUID) -> int:
    db.session.rollback()
    act_for(tenant_id)
    incoming = select(func.count()).where(Message.tenant_id == tenant_id, Message.direction == "in")
    return db.session.scalar(incoming) or 0
