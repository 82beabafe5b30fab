"""A webhook from its first field to the answers of its receiver, by clicking."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.doing import SOON
from tests.people import Person
from tests.processes import House
from tests.receiver import Receiver, receiver
from webapp.db import db
from webapp.models.users import User
from webapp.services import passwords

PASSWORD = "four unrelated little words"


@pytest.fixture
def deliverer(house: House) -> Iterator[None]:
    """The worker that posts to webhooks, while this test runs."""
    house.start("webhooks", "worker.py", "webhooks")
    yield
    house.kill("webhooks")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as running:
        yield running


def choose(page: Page, outcome: str) -> None:
    page.locator("select[name=outcome]").select_option(label=outcome)


def test_a_webhook_is_made_tested_and_mended(
    app: Flask, owner: Person, page: Page, deliverer: None, shop: Receiver
) -> None:
    db.session.get_one(User, owner.user_id).password_hash = passwords.hashed(PASSWORD)
    db.session.commit()

    page.get_by_role("link", name="Webhooks").first.click()
    page.get_by_role("link", name="Make the first webhook").click()
    page.get_by_label("Name").fill("Shop system")
    page.get_by_label("Address").fill("https://192.168.0.9/hook")
    page.get_by_text("Only some").click()
    page.get_by_label("A group was made or came back from the trash").check()
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_text("This address points into a private network.")).to_be_visible()
    expect(page.get_by_label("A group was made or came back from the trash")).to_be_checked()
    page.get_by_label("Address").fill(f"{shop.url}/hook")
    page.get_by_role("button", name="Make the webhook").click()
    secret = page.get_by_label("Signing secret").input_value()
    assert secret.startswith("whsec_")

    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The test arrived: the receiver answered 200")).to_be_visible(timeout=SOON)

    page.goto("/groups/new")
    page.get_by_label("Name").fill("Regulars")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("link", name="Webhooks").first.click()
    page.get_by_role("link", name="Shop system").click()
    row = page.locator("#log-list tbody tr").filter(has_text="group_created")
    expect(row.get_by_text("Delivered")).to_be_visible(timeout=SOON)
    choose(page, "Given up")
    expect(page.get_by_text("No entry like this")).to_be_visible()
    choose(page, "Delivered")
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    expect(page.get_by_text("Try 1")).to_be_visible()
    page.get_by_role("button", name="Post again").click()
    expect(page.get_by_text("Try 2")).to_be_visible(timeout=SOON)

    page.get_by_role("link", name="Shop system").click()
    page.locator(".page-actions summary").click()
    page.get_by_role("button", name="Show the secret").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Signing secret")).to_have_value(secret)
    page.get_by_role("link", name="Go to the webhook").click()
    page.locator(".page-actions summary").click()
    page.get_by_role("button", name="Make a new secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a new secret").click()
    expect(page.get_by_text("Put it into your receiver within 24 hours.")).to_be_visible()
    assert page.get_by_label("Signing secret").input_value() not in ("", secret)

    page.get_by_role("link", name="Go to the webhook").click()
    page.locator(".page-actions summary").click()
    page.get_by_role("button", name="Move to trash").click()
    page.locator("[data-toast]").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-toast]")).to_contain_text("Shop system is back.")


def test_a_receiver_that_refuses_is_told_in_words(
    app: Flask, owner: Person, page: Page, deliverer: None, shop: Receiver
) -> None:
    page.goto("/webhooks/new")
    page.get_by_label("Name").fill("Help desk")
    page.get_by_label("Address").fill(f"{shop.url}/gone")
    page.get_by_role("button", name="Make the webhook").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The test did not arrive")).to_be_visible(timeout=SOON)
    page.reload()
    expect(page.get_by_text("This webhook was switched off")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("gone for good (410)")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Help desk hears of events again.")).to_be_visible()
