"""The history of messages: lists with filters, and one message as it stood on the phone."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.campaigning import make_instance, make_people
from tests.people import Person, join
from tests.watching import make_running
from webapp.db import db
from webapp.domain import ids
from webapp.models.contacts import Contact
from webapp.models.messages_history import Message
from webapp.services import messages


def make_message(tenant_id: uuid.UUID, content: str = "Hello", **fields: Any) -> Message:
    message = Message(
        tenant_id=tenant_id,
        message_id=f"wamid.{uuid.uuid4().hex}",
        chat_id=fields.pop("chat_id", "4915100000000"),
        direction=fields.pop("direction", "out"),
        type=fields.pop("type", "text"),
        content=content,
        status=fields.pop("status", "sent"),
        **fields,
    )
    db.session.add(message)
    db.session.commit()
    return message


def listed(person: Person, query: str = "") -> list[str]:
    """What the messages on the page say, from the top."""
    html = person.get(f"/messages{query}").text
    return re.findall(r'<span class="message-start"[^>]*>([^<]*)</span>', html)


def test_messages_stand_newest_first(owner: Person) -> None:
    for number in range(3):
        make_message(owner.tenant_id, f"Hello {number}")
    assert listed(owner) == ["Hello 2", "Hello 1", "Hello 0"]


def test_an_empty_history_says_what_will_be_there(owner: Person) -> None:
    assert "No messages yet" in owner.get("/messages").text


def test_filters_narrow_the_list(owner: Person) -> None:
    campaign = make_running(owner.tenant_id)
    make_message(owner.tenant_id, "sent", campaign_id=campaign.id)
    make_message(owner.tenant_id, "failed", status="failed", error_code=131026, campaign_id=campaign.id)
    make_message(owner.tenant_id, "answer", direction="in", status="received")
    assert listed(owner, "?direction=in") == ["answer"]
    assert listed(owner, "?status=failed") == ["failed"]
    assert listed(owner, f"?campaign={campaign.id}") == ["failed", "sent"]
    assert listed(owner, f"?campaign={campaign.id}&status=sent") == ["sent"]
    assert listed(owner, "?direction=nonsense&status=nonsense&campaign=nonsense") == [
        "answer",
        "failed",
        "sent",
    ]


def test_a_search_finds_by_number_and_by_name(owner: Person) -> None:
    make_people(owner.tenant_id, 2)
    for contact in db.session.scalars(Contact.of(owner.tenant_id).order_by(Contact.phone_number)):
        make_message(owner.tenant_id, f"To {contact.name}", contact_id=contact.id)
    assert listed(owner, "?q=%2B4915100000001") == ["To Person 1"]
    assert listed(owner, "?q=5100000000") == ["To Person 0"]
    assert listed(owner, "?q=person+1") == ["To Person 1"]
    assert listed(owner, "?q=nobody") == []
    assert listed(owner, "?q=person+1&status=failed") == []


def test_pages_go_back_and_forth(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(120):
        make_message(owner.tenant_id, f"Hello {number}")
    html = owner.get("/messages").text
    older = re.findall(r'href="(/messages\?older=[^"]+)"', html)[0]
    second = owner.get(older).text
    assert re.findall(r"Hello \d+", second)[0] == "Hello 69"
    newer = re.findall(r'href="(/messages\?newer=[^"]+)"', second)[0]
    assert re.findall(r"Hello \d+", owner.get(newer).text)[0] == "Hello 119"


def test_a_look_for_something_rare_ends_and_goes_on_where_it_ended(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LOOK", 10)
    make_message(owner.tenant_id, "needle", status="failed")
    for number in range(25):
        make_message(owner.tenant_id, f"hay {number}")
    found: list[str] = []
    keys: dict[str, uuid.UUID] = {}
    looks = 0
    while True:
        page = messages.listed(owner.tenant_id, messages.Which(status="failed"), **keys)
        found += [told.message.content for told in page.items]
        looks += 1
        if page.older is None:
            break
        assert page.is_partial
        keys = {"older": page.older}
    assert (found, looks) == (["needle"], 3)
    back = messages.listed(
        owner.tenant_id, messages.Which(status="failed"), newer=ids.least_at(datetime(2020, 1, 1, tzinfo=UTC))
    )
    assert [told.message.content for told in back.items] == ["needle"]
    assert back.newer is not None


def test_a_campaigns_messages_are_looked_for_in_its_time(owner: Person) -> None:
    now = datetime.now(UTC)
    campaign = make_running(
        owner.tenant_id,
        status="completed",
        started_at=now - timedelta(hours=2),
        completed_at=now - timedelta(hours=1),
    )
    make_message(owner.tenant_id, "inside", campaign_id=campaign.id)
    early = ids.least_at(now - timedelta(days=3))
    make_message(owner.tenant_id, "impossible", campaign_id=campaign.id, id=early)
    assert listed(owner, f"?campaign={campaign.id}") == ["inside"]


def test_one_message_is_shown_as_on_the_phone_with_its_times(owner: Person) -> None:
    instance = make_instance(owner.tenant_id)
    make_people(owner.tenant_id, 1)
    contact = db.session.scalars(Contact.of(owner.tenant_id)).one()
    at = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
    message = make_message(
        owner.tenant_id, "Good *morning*", contact_id=contact.id, whatsapp_instance_id=instance.id, status="read",
        sent_at=at, delivered_at=at, read_at=at,
    )  # fmt: skip
    html = owner.get(f"/messages/{message.id}").text
    assert "<strong>morning</strong>" in html
    assert "Message to Person 0" in html
    assert html.count("12 May 2026, 09:30") == 3
    assert message.message_id not in html


def test_a_failed_message_says_why_and_what_to_do(owner: Person) -> None:
    message = make_message(owner.tenant_id, status="failed", error_code=131026)
    html = owner.get(f"/messages/{message.id}").text
    assert "the number is not on WhatsApp" in html
    assert "Check the number with the person." in html


def test_a_message_without_text_says_what_it_is(owner: Person) -> None:
    message = make_message(owner.tenant_id, "", direction="in", status="received", type="image")
    assert listed(owner) == ["A picture"]
    assert "A picture" in owner.get(f"/messages/{message.id}").text


def test_somebody_who_hides_their_number_is_listed_too(owner: Person) -> None:
    make_message(owner.tenant_id, "Hi", direction="in", status="received", chat_id="US.1234567890")
    assert "Hides the number" in owner.get("/messages").text


def test_what_people_typed_stays_text(owner: Person) -> None:
    evil = '<script>alert(1)</script>*<b>*{{7*7}}" onload="x'
    message = make_message(owner.tenant_id, evil, direction="in", status="received")
    for path in ("/messages", f"/messages/{message.id}"):
        html = owner.get(path).text
        assert "<script>alert" not in html
        assert "{{7*7}}" in html


def test_a_viewer_reads_and_a_stranger_does_not(app: Flask, owner: Person, stranger: Person) -> None:
    campaign = make_running(owner.tenant_id)
    message = make_message(owner.tenant_id, "for our eyes", campaign_id=campaign.id)
    viewer = join(app, owner.tenant_id, "viewer")
    assert listed(viewer) == ["for our eyes"]
    assert viewer.get(f"/messages/{message.id}").status_code == 200
    assert (
        listed(stranger) == listed(stranger, f"?campaign={campaign.id}") == listed(stranger, "?q=4915") == []
    )
    assert stranger.get(f"/messages/{message.id}").status_code == 404
    assert stranger.get(f"/messages?older={message.id}").status_code == 200
