"""Every page there is, in a browser: nothing is blocked, nothing sticks out, and axe has nothing to say."""

from itertools import count
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import Browse, sign_in
from tests.browser.places import pages
from tests.people import Person
from tests.world import make_world
from webapp.services import accounts

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# A desk and a phone.
SIZES: list[ViewportSize] = [{"width": 1280, "height": 860}, {"width": 390, "height": 844}]

# What is right is not written down, and only what is wrong leaves the browser: the whole report takes longer than
# finding it.
FAULTS = """async (options) => {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `axe ${id}: ${html.slice(0, 200)}`));
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) found.push(`${headings} h1`);
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) found.push(`${width} pixels wide`);
  return found;
}"""
# What the other colours can change.
CONTRAST = {"runOnly": ["color-contrast"]}

NUMBERS = count(70_000_001)


class Looker:
    """Opens each page once, makes it wide and narrow, light and dark, and notes everything that is wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self._seen: set[str] = set()
        page.add_init_script(path=AXE)

    def look_at(self, address: str) -> None:
        self.page.goto(address)
        if self.page.url in self._seen:
            return
        self._seen.add(self.page.url)
        for size in SIZES:
            self.page.set_viewport_size(size)
            assert self.page.evaluate("innerWidth") == size["width"]
            self._look("light", {})
            self._look("dark", CONTRAST)

    def _look(self, colours: Literal["light", "dark"], options: dict[str, Any]) -> None:
        self.page.emulate_media(color_scheme=colours)
        for fault in self.page.evaluate(FAULTS, options):
            self.wrong.append(f"{self.page.url}, {self.page.viewport_size}, {colours}: {fault}")


@pytest.fixture
def looker(browse: Browse) -> Looker:
    """Of nobody yet. Nothing moves, so that no colour is caught half way."""
    return Looker(browse(reduced_motion="reduce"))


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
