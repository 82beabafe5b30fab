"""The events of a day at a house that really runs: caused on its pages, by its workers and by its provider's callbacks,
told once and at once on `/ws`, and posted once, signed, to a webhook."""

import json
import re
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import psycopg
import pytest
from flask import Flask
from simple_websocket import Client, ConnectionClosed
from standardwebhooks import Webhook as Verifier

from tests.callbacks import messages_of, signed, text_from
from tests.campaigning import make_instance
from tests.conftest import empty_servers
from tests.http.browsing import ID, Answer, Browser
from tests.processes import running_house, wait_until
from tests.receiver import Receiver, receiver
from tests.watching import eventually
from webapp.api.shapes import events as shapes
from webapp.config import Settings
from webapp.db import act_for, db
from webapp.domain.events import EVENTS, TEST_EVENT, hears
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import accounts

NOUNS = ("contact", "group", "campaign", "template", "webhook")
CHANGES = [f"{noun}_{change}" for noun in NOUNS for change in ("created", "updated", "deleted")]
SIXTEEN = [*CHANGES, "campaign_status_changed"]
SEVENTEEN = [*SIXTEEN, "webhook_triggered"]

Told = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """A frame of `/ws`, and the clock's time when it came."""

    at: float
    event: Told

    @property
    def happened_at(self) -> float:
        return datetime.fromisoformat(self.event["timestamp"]).timestamp()


@dataclass(frozen=True)
class Caused:
    """An event that was waited for, and the answer of the page that caused it, if one did."""

    heard: Heard
    answer: Answer | None

    @property
    def took(self) -> float:
        """Seconds until it was told, since it happened or since the page had answered, whichever was earlier."""
        moments = [self.heard.happened_at, *([self.answer.answered_at] if self.answer else [])]
        return self.heard.at - min(moments)


class Ear:
    """Somebody who listens to `/ws` all day and writes down when what came."""

    def __init__(self, socket: Client) -> None:
        self._socket = socket
        self.heard: list[Heard] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        try:
            while True:
                frame = self._socket.receive()
                at, event = time.time(), json.loads(frame)
                if event["type"] != "heartbeat":
                    self.heard.append(Heard(at, event))
        except ConnectionClosed:
            return

    def close(self) -> None:
        self._socket.close()
        self._thread.join(10)


@dataclass
class Day:
    """What somebody does, what follows from it, and what became of it all."""

    browser: Browser
    ear: Ear
    sink: Receiver
    caused: dict[str, list[Caused]] = field(default_factory=dict)
    # The first one that a page shows.
    secret: str = ""

    def send(self, name: str, path: str, to: str = "", /, **typed: Any) -> uuid.UUID:
        """Send a form of a page that causes this event; the id of what it is about."""
        known = len(self.ear.heard)
        answer = self.browser.send(path, to, **typed)
        if not self.secret and answer.path.partition("?")[0].endswith("/secret"):
            self.secret = _shown_secret(self.browser.page(answer.path))
        about = ID.search(f"{to or path} {answer.path}")
        assert about, f"{path} leads to nothing"
        self.hear(name, answer, after=known, id=about[0])
        return uuid.UUID(about[0])

    def hear(self, name: str, answer: Answer | None = None, *, after: int = 0, **payload: Any) -> Told:
        """Wait for this event, with this in its payload, all of which is returned."""

        def found() -> Iterator[Heard]:
            of_it = (one for one in self.ear.heard[after:] if one.event["type"] == name)
            return (one for one in of_it if payload.items() <= one.event["payload"].items())

        assert eventually(lambda: any(found()), 10), f"{name} was not told of {payload}"
        heard = next(found())
        self.caused.setdefault(name, []).append(Caused(heard, answer))
        told: Told = heard.event["payload"]
        return told

    def told(self, name: str) -> list[Heard]:
        return [one for one in self.ear.heard if one.event["type"] == name]

    def posts(self, path: str = "/hook") -> dict[str, list[dict[str, Any]]]:
        """What the receiver got at this address, by the id of the event."""
        found: dict[str, list[dict[str, Any]]] = {}
        for entry in self.sink.ledger():
            if entry["path"] == path:
                found.setdefault(entry["headers"]["webhook-id"], []).append(entry)
        return found

    @property
    def to_be_posted(self) -> set[str]:
        """All but the making of the webhook that hears it, which is the first of the two."""
        own = self.told("webhook_created")[:1]
        heard = [one for one in self.ear.heard if one not in own]
        return {one.event["id"] for one in heard if hears((), one.event["type"])}


def _shown_secret(page: str) -> str:
    found = re.search(r'id="signing-secret"[^>]*value="([^"]+)"', page)
    return found[1] if found else ""


@pytest.fixture(scope="module")
def day(
    migrated_app: Flask,
    settings: Settings,
    superuser: psycopg.Connection,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Day]:
    """A whole day, over: all tests of this file look at what is left of it."""
    folder = tmp_path_factory.mktemp("day")
    with migrated_app.app_context():
        empty_servers(superuser)
        with running_house(folder, settings) as house, receiver(folder) as sink:
            house.start("webhooks", "worker.py", "webhooks")
            tenant, token = accounts.create_tenant("Acme", "owner@example.org")
            act_for(tenant.id)
            number = make_instance(tenant.id, house.provider.url)
            with closing(Browser(house.url, token)) as browser, listening(house.url, browser) as ear:
                lived = Day(browser, ear, sink)
                live(lived, callbacks_to(house.url, number))
                yield lived
        db.session.remove()


@contextmanager
def listening(url: str, browser: Browser) -> Iterator[Ear]:
    address = url.replace("http://", "ws://") + "/ws"
    ear = Ear(Client.connect(address, headers={"Origin": url, "Cookie": browser.cookie}))
    try:
        yield ear
    finally:
        ear.close()


def callbacks_to(url: str, number: WhatsAppInstance) -> Callable[..., None]:
    """The provider, who tells what somebody wrote to this number."""
    address = f"{url}/callbacks/whatsapp/{number.id}"

    def written(wa_id: str, words: str) -> None:
        raw = messages_of(number, text_from(wa_id, words))
        headers = {"X-Hub-Signature-256": signed(raw), "Content-Type": "application/json"}
        assert httpx.post(address, content=raw, headers=headers, timeout=20).status_code == 200

    return written


def live(day: Day, written: Callable[[str, str], None]) -> None:
    till = webhooks_are_made(day)
    contact = day.send("contact_created", "/contacts/new", name="Ana", phone_number="+49 1512 0777001")
    day.send("contact_updated", f"/contacts/{contact}/edit", name="Ana Souza")
    a_group_comes_and_goes(day, till)
    template = day.send("template_created", "/templates/new", name="Hi", content="Good morning")
    day.send("template_updated", f"/templates/{template}/edit", content="Good evening")
    written("12025550143", "Hello there")
    stranger = day.hear("contact_created", phoneNumber="+12025550143")["id"]
    a_campaign_is_sent(day, template)
    written("12025550143", "STOP")
    day.hear("contact_updated", id=stranger, optedOut=True)
    day.send("template_deleted", f"/templates/{template}", f"/templates/{template}/delete")
    day.send("contact_deleted", f"/contacts/{contact}", f"/contacts/{contact}/delete")
    day.send("webhook_deleted", f"/webhooks/{till}", f"/webhooks/{till}/delete")
    wait_until(lambda: day.to_be_posted <= day.posts().keys(), 10)
    wait_until(lambda: len(day.told("webhook_triggered")) >= len(day.sink.ledger()), 10)
    time.sleep(0.5)


def webhooks_are_made(day: Day) -> uuid.UUID:
    """One that hears of everything and is tested, and one of a till, where they soon say that it is gone."""
    shop = day.send("webhook_created", "/webhooks/new", name="Shop", url=f"{day.sink.url}/hook")
    known = len(day.ear.heard)
    tested = day.browser.send(f"/webhooks/{shop}", f"/webhooks/{shop}/test")
    day.hear("webhook_triggered", tested, after=known, webhookId=str(shop), event=TEST_EVENT)
    typed = {"name": "Till", "url": f"{day.sink.url}/gone", "which": "chosen", "events": ["group_deleted"]}
    till = day.send("webhook_created", "/webhooks/new", **typed)
    day.send("webhook_updated", f"/webhooks/{till}/edit", description="In the old shop")
    return till


def a_group_comes_and_goes(day: Day, till: uuid.UUID) -> None:
    group = day.send("group_created", "/groups/new", name="Friends")
    day.send("group_updated", f"/groups/{group}/edit", description="Of the house")
    known = len(day.ear.heard)
    day.send("group_deleted", f"/groups/{group}", f"/groups/{group}/delete")
    day.hear("webhook_updated", after=known, id=str(till), isActive=False)


def a_campaign_is_sent(day: Day, template: uuid.UUID) -> None:
    campaign = day.send("campaign_created", "/campaigns/new", name="Spring")
    steps = f"/campaigns/{campaign}/edit"
    day.send("campaign_updated", f"{steps}/audience", recipient_type="all")
    day.send("campaign_updated", f"{steps}/message", source="template", template=str(template))
    day.send("campaign_status_changed", f"{steps}/review", f"/campaigns/{campaign}/start")
    for status in ("running", "completed"):
        day.hear("campaign_status_changed", id=str(campaign), status=status)
    day.send("campaign_deleted", f"/campaigns/{campaign}", f"/campaigns/{campaign}/delete")


@pytest.mark.parametrize("name", SEVENTEEN)
def test_it_is_told_once_in_the_shape_of_the_documents(day: Day, name: str) -> None:
    told, caused = day.told(name), [one.heard for one in day.caused[name]]
    for one in told:
        shapes.Event.read(one.event)
        shapes.PAYLOADS[name].read(one.event["payload"])
    if name == "webhook_triggered":
        assert set(map(id, caused)) <= set(map(id, told))
    else:
        assert [one.event["id"] for one in told] == [one.event["id"] for one in caused]


@pytest.mark.parametrize("name", SEVENTEEN)
def test_a_page_causes_it(day: Day, name: str) -> None:
    """It happened while the page was asked for; what a worker does about it happens afterwards."""
    by_page = [(one.heard, one.answer) for one in day.caused[name] if one.answer]
    assert by_page
    for heard, answer in by_page:
        assert answer.asked_at <= heard.happened_at
        assert heard.happened_at <= answer.answered_at or name == "webhook_triggered"


@pytest.mark.parametrize("name", SIXTEEN)
def test_it_is_posted_once_signed_and_as_it_was_told(day: Day, name: str) -> None:
    verifier, posts = Verifier(day.secret), day.posts()
    told = [one for one in day.told(name) if one.event["id"] in day.to_be_posted]
    assert told
    for one in told:
        (entry,) = posts[one.event["id"]]
        assert verifier.verify(entry["body"], entry["headers"]) == one.event


def test_each_is_told_within_a_second(day: Day) -> None:
    """A busy machine may stutter, but not limp."""
    waits = {name: max(one.took for one in day.caused[name]) for name in SEVENTEEN}
    assert statistics.median(waits.values()) < 1, waits
    assert max(waits.values()) < 5, waits


def test_workers_and_callbacks_cause_them_too(day: Day) -> None:
    by_others = Counter(name for name, found in day.caused.items() for one in found if not one.answer)
    assert by_others == {
        "contact_created": 1,
        "contact_updated": 1,
        "campaign_status_changed": 2,
        "webhook_updated": 1,
    }
    moves = [
        (one.event["payload"]["previousStatus"], one.event["payload"]["status"])
        for one in day.told("campaign_status_changed")
    ]
    assert moves == [("draft", "preparing"), ("preparing", "running"), ("running", "completed")]


def test_nothing_else_is_told_or_posted_and_nothing_twice(day: Day) -> None:
    ids = Counter(one.event["id"] for one in day.ear.heard)
    assert set(ids.values()) == {1}
    assert {one.event["type"] for one in day.ear.heard} == {
        *SEVENTEEN,
        "campaign_progressed",
        "message_received",
    }
    posts = day.posts()
    assert {len(entries) for entries in posts.values()} == {1}
    tests = [key for key, (entry,) in posts.items() if json.loads(entry["body"])["type"] == TEST_EVENT]
    assert posts.keys() - tests == day.to_be_posted
    assert len(tests) == 1
    assert len(day.posts("/gone")) == 1


def test_every_post_is_told_of_once(day: Day) -> None:
    told = [one.event["payload"] for one in day.told("webhook_triggered")]
    assert len({(one["logId"], one["attempt"]) for one in told}) == len(told) == len(day.sink.ledger())
    assert {one["eventId"] for one in told} == {*day.to_be_posted, None}
    assert Counter(one["statusCode"] for one in told) == {200: len(told) - 1, 410: 1}


def test_the_seventeen_are_in_the_catalogue_and_only_one_goes_to_no_webhook() -> None:
    assert [name for name in SEVENTEEN if not EVENTS[name].to_webhooks] == ["webhook_triggered"]
