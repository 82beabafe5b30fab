"""Browsers of people, before a house that runs: whatever a page complains about fails its test."""

import re
from collections.abc import Iterator
from typing import Any, Protocol

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response

from scripts import chromium
from tests.conftest import empty_servers
from tests.people import Person
from tests.processes import House, running_house
from webapp import db
from webapp.config import Settings
from webapp.services import accounts

# The browser says so of every refused form and of a page that is not there; the tests look at what the page says.
HARMLESS = re.compile(r"Failed to load resource: the server responded with a status of 4(04|22|09) ")


class Browse(Protocol):
    def __call__(self, person: Person | None = None, **options: Any) -> Page: ...


@pytest.fixture(scope="session")
def base_url() -> str:
    """Each browser is told where its house is; the plugin's own fixture warns under this pytest."""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": chromium.of_machine(), "args": chromium.flags()}


@pytest.fixture(scope="package")
def house(
    migrated_app: Flask,
    settings: Settings,
    superuser: psycopg.Connection,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """The whole program. It runs for all tests of this folder: each has a tenant of its own in it."""
    with migrated_app.app_context():
        empty_servers(superuser)
    with running_house(tmp_path_factory.mktemp("house"), settings) as running:
        yield running


@pytest.fixture
def app(migrated_app: Flask, house: House) -> Iterator[Flask]:
    """As everywhere, but nothing is emptied under a house that runs."""
    with migrated_app.app_context():
        yield migrated_app
        db.db.session.remove()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages and their servers complain about; the test fails when there is anything in it at its end."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def browse(new_context: Any, house: House, complaints: list[str]) -> Browse:
    """Opens a browser: of this person, at the dashboard, or of somebody who is not signed in."""

    def open_browser(person: Person | None = None, **options: Any) -> Page:
        size = {"width": 1280, "height": 860}
        context = new_context(**{"base_url": house.url, "viewport": size, "locale": "en-GB"} | options)
        listen(context, complaints)
        page: Page = context.new_page()
        if person is not None:
            sign_in(page, person)
        return page

    return open_browser


@pytest.fixture
def page(browse: Browse, owner: Person) -> Page:
    """The owner's browser, at the dashboard."""
    return browse(owner)


def sign_in(page: Page, person: Person) -> None:
    page.goto(f"/link/{accounts.link_user(person.email)}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def listen(context: BrowserContext, complaints: list[str]) -> None:
    """Blocked scripts and styles are told in the console, as are errors of our own script."""

    def console(said: ConsoleMessage) -> None:
        if said.type == "error" and not HARMLESS.match(said.text):
            complaints.append(f"console: {said.text}")

    def answered(response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def failed(request: Request) -> None:
        # What is still under way when a page is left is aborted.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"{request.failure}: {request.url}")

    def asked(dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        complaints.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    context.on("console", console)
    context.on("weberror", lambda error: complaints.append(f"error: {error.error}"))
    context.on("response", answered)
    context.on("requestfailed", failed)
    context.on("dialog", asked)
