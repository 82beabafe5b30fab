"""Every page there is, in a browser: nothing is blocked, nothing sticks out, and axe has nothing to say."""

from itertools import count
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.conftest import Browse, sign_in
from tests.browser.places import pages
from tests.people import Person
from tests.world import make_world
from webapp.services import accounts

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
SIZES = {"desk": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}

# What is right is not written down, and only what is wrong leaves the browser: the whole report takes longer than
# finding it.
AXE_FAULTS = """async (options) => {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `axe ${id}: ${html.slice(0, 200)}`));
}"""
SHAPE = "[document.querySelectorAll('h1').length, document.documentElement.scrollWidth, innerWidth]"

NUMBERS = count(70_000_001)


class Looker:
    """Opens pages in light and dark and notes everything that is wrong with them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self._seen: set[str] = set()
        page.add_init_script(path=AXE)

    def look_at(self, address: str) -> None:
        self.page.emulate_media(color_scheme="light")
        self.page.goto(address)
        if self.page.url in self._seen:
            return
        self._seen.add(self.page.url)
        headings, width, room = self.page.evaluate(SHAPE)
        if headings != 1:
            self._note(f"{headings} h1")
        if width > room:
            self._note(f"{width} pixels wide where there are {room}")
        self._ask_axe({})
        self.page.emulate_media(color_scheme="dark")
        self._ask_axe({"runOnly": ["color-contrast"]})

    def _ask_axe(self, options: dict[str, Any]) -> None:
        for fault in self.page.evaluate(AXE_FAULTS, options):
            self._note(fault)

    def _note(self, fault: str) -> None:
        self.wrong.append(f"{self.page.url}: {fault}")


@pytest.fixture(params=SIZES)
def looker(request: pytest.FixtureRequest, browse: Browse) -> Looker:
    """Of nobody yet, at each size. Nothing moves, so that no colour is caught half way."""
    return Looker(browse(viewport=SIZES[request.param], reduced_motion="reduce"))


def test_every_page_of_a_full_house(app: Flask, owner: Person, looker: Looker) -> None:
    world = make_world(owner, "Sunshine", next(NUMBERS))
    sign_in(looker.page, owner)
    for address in pages(app, world):
        looker.look_at(address)
    assert looker.wrong == []


def test_every_list_of_an_empty_house(app: Flask, owner: Person, looker: Looker) -> None:
    sign_in(looker.page, owner)
    for rule in app.url_map.iter_rules():
        if not rule.arguments and rule.endpoint.endswith(".index"):
            looker.look_at(rule.rule)
    assert looker.wrong == []


def test_the_pages_of_somebody_outside(app: Flask, owner: Person, looker: Looker) -> None:
    for address in ("/sign-in", f"/link/{accounts.link_user(owner.email)}", f"/link/{'x' * 43}"):
        looker.look_at(address)
    assert looker.wrong == []
