"""One campaign's page: what it says in each state, who may do what, and the people behind its figures."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from tests.campaigning import make_instance, make_people
from tests.people import Person, join
from tests.watching import count, make_running
from webapp.db import db
from webapp.models.campaigns import Campaign, CampaignFailure
from webapp.models.contacts import Contact
from webapp.models.recipients import Recipient
from webapp.models.sending import SendBatch, SendWindow
from webapp.services.campaigns import moves
from webapp.views.campaigns.times import short


def page(person: Person, campaign: Campaign, query: str = "", **kwargs: bool) -> str:
    answer = person.get(f"/campaigns/{campaign.id}{query}", **kwargs)
    assert answer.status_code == 200
    return answer.text


def with_recipients(tenant_id: uuid.UUID, **statuses: int) -> Campaign:
    """A running campaign to as many people in each status."""
    instance = make_instance(tenant_id)
    total = sum(statuses.values())
    make_people(tenant_id, total)
    first = db.session.scalar(text("select reserve_numbers(:count)"), {"count": total})
    campaign = make_running(
        tenant_id,
        total=total,
        whatsapp_instance_id=instance.id,
        first_number=first,
        failed_count=statuses.get("failed", 0),
    )
    contacts = db.session.scalars(Contact.of(tenant_id).order_by(Contact.phone_number)).all()
    told = [status for status, number in statuses.items() for _ in range(number)]
    for number, (contact, status) in enumerate(zip(contacts, told, strict=True), first):
        db.session.add(
            Recipient(
                tenant_id=tenant_id, number=number, campaign_id=campaign.id, contact_id=contact.id,
                phone_number=contact.phone_number, phone_key=contact.phone_key, status=status,
            )
        )  # fmt: skip
    db.session.commit()
    return campaign


def names(html: str) -> list[str]:
    return re.findall(r">(Person \d+)<", html)


def test_a_running_campaign_shows_its_figures_and_opens_a_socket(owner: Person) -> None:
    instance = make_instance(owner.tenant_id, per_second=80)
    campaign = make_running(owner.tenant_id, total=1000, whatsapp_instance_id=instance.id)
    count(campaign, sent_count=600, delivered_count=500, read_count=200, failed_count=40, uncertain_count=3)
    html = page(owner, campaign)
    shown = dict(re.findall(r'data-segment="(\w+)".*?bar-count">([\d,]+)<', html, re.S))
    assert shown == {
        "read": "200", "delivered": "300", "sent": "100", "uncertain": "3", "failed": "40", "waiting": "357",
    }  # fmt: skip
    assert f'ws-connect="/campaigns/{campaign.id}/live"' in html
    assert "of at most 80" in html
    assert 'data-campaign-status="running"' in html


def test_the_frame_for_pages_without_a_socket_is_what_the_page_shows(owner: Person) -> None:
    campaign = make_running(owner.tenant_id)
    count(campaign, sent_count=7)
    frame = owner.get(f"/campaigns/{campaign.id}/frame", htmx=True).text
    assert frame.count('hx-swap-oob="morph"') == 9
    ids = re.findall(r'<\w+[^>]* id="(campaign-[\w-]+)"[^>]*hx-swap-oob', frame)
    html = page(owner, campaign)
    assert all(f'id="{identity}"' in html for identity in ids)


def test_a_page_of_what_will_be_turns_when_it_begins(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, status="scheduled", scheduled_at=datetime.now(UTC))
    ask = f"/campaigns/{campaign.id}/frame?seen=scheduled"
    assert ask in page(owner, campaign)
    assert "HX-Refresh" not in owner.get(ask, htmx=True).headers
    moves.start_scheduled(owner.tenant_id, campaign.id)
    assert owner.get(ask, htmx=True).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("person", "Somebody paused this campaign."),
        ("schedule_missed", "Its time came while Crier was not running."),
        ("error_131048", "WhatsApp limits this number because too many people blocked or reported it."),
        ("something_new", "This campaign was stopped."),
    ],
)
def test_a_paused_campaign_says_why_and_what_to_do(owner: Person, reason: str, sentence: str) -> None:
    campaign = make_running(owner.tenant_id, status="paused", paused_reason=reason)
    html = page(owner, campaign)
    assert sentence in html
    assert "Resume" in html


def test_a_number_that_is_paused_is_why_nothing_leaves(owner: Person) -> None:
    instance = make_instance(owner.tenant_id)
    instance.status = "paused"
    campaign = make_running(owner.tenant_id, whatsapp_instance_id=instance.id)
    assert "The number that sends is paused or gone, so nothing leaves." in page(owner, campaign)


def test_failures_are_told_in_words_with_what_to_do_and_the_people_behind_them(owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, failed=2, pending=1)
    rows = db.session.scalars(Recipient.of(owner.tenant_id).order_by(Recipient.number)).all()
    rows[0].error_code, rows[1].error_message = 131026, "The message has 5000 characters."
    for code in (131026, 0):
        db.session.add(
            CampaignFailure(tenant_id=owner.tenant_id, campaign_id=campaign.id, error_code=code, count=1)
        )
    db.session.commit()
    html = page(owner, campaign)
    assert "the number is not on WhatsApp" in html
    assert "The message could not be handed to WhatsApp." in html
    assert "131026</" not in html
    assert names(page(owner, campaign, "?segment=failed&code=131026")) == ["Person 0"]
    own = page(owner, campaign, "?segment=failed&code=0")
    assert names(own) == ["Person 1"]
    assert "The message has 5000 characters." in own


def test_people_who_were_left_out_are_counted_by_reason(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, excluded={"opted_out": 12, "twice": 1234})
    html = page(owner, campaign)
    assert "Opted out" in html
    assert "1,234" in html


def test_a_segment_opens_the_people_in_it(owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, read=2, accepted=1, sent=1, pending=1, cancelled=1)
    assert names(page(owner, campaign)) == []
    assert names(page(owner, campaign, "?segment=read")) == ["Person 0", "Person 1"]
    assert names(page(owner, campaign, "?segment=sent")) == ["Person 2", "Person 3"]
    assert len(names(page(owner, campaign, "?segment=all"))) == 6
    assert 'data-chosen="read"' in page(owner, campaign, "?segment=read")


def test_nonsense_in_the_address_opens_nothing(owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, read=1)
    assert 'data-chosen=""' in page(owner, campaign, "?segment=nonsense")
    for query in (
        "?segment=failed&code=x&after=y&before=-1",
        "?segment=all&after=99999999999999",
    ):
        assert names(page(owner, campaign, query)) == []


def test_recipients_are_turned_page_by_page_and_back(owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, pending=45)
    first = page(owner, campaign, "?segment=all")
    assert names(first) == [f"Person {n}" for n in range(20)]
    onward = re.findall(r'href="([^"]+)" hx-get="[^"]+">Further', first)[0].replace("&amp;", "&")
    second = owner.get(onward).text
    assert names(second) == [f"Person {n}" for n in range(20, 40)]
    onward = re.findall(r'href="([^"]+)" hx-get="[^"]+">Further', second)[0].replace("&amp;", "&")
    third = owner.get(onward).text
    assert names(third) == [f"Person {n}" for n in range(40, 45)]
    assert ">Further</a>" not in third
    back = re.findall(r'href="([^"]+)" hx-get="[^"]+">Back', third)[0].replace("&amp;", "&")
    assert names(owner.get(back).text) == [f"Person {n}" for n in range(20, 40)]


def test_whoever_is_on_the_wire_is_shown_as_being_sent_to(owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, pending=3)
    first = campaign.first_number or 0
    numbers = {"first_number": first, "next_number": first + 2, "last_number": first + 2}
    batch = SendBatch(tenant_id=owner.tenant_id, campaign_id=campaign.id, **numbers)
    db.session.add(batch)
    db.session.flush()
    db.session.execute(
        text(
            """insert into send_windows (tenant_id, batch_id, first_number, campaign_id, rows, lease_token)
               values (:tenant, :batch, :first, :campaign, int8range(:first, :first + 2), gen_random_uuid())"""
        ),
        {"tenant": owner.tenant_id, "batch": batch.id, "first": first, "campaign": campaign.id},
    )
    db.session.commit()
    html = page(owner, campaign, "?segment=waiting")
    assert html.count("</span>Sending</span>") == 1 + 2, "the campaign itself, and two of three people"
    assert db.session.scalar(SendWindow.of(owner.tenant_id)) is not None


def test_those_in_doubt_are_explained(owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, uncertain=1)
    recipient = db.session.scalars(Recipient.of(owner.tenant_id)).one()
    recipient.error_message = "timeout"
    db.session.commit()
    html = page(owner, campaign, "?segment=uncertain")
    assert "never sent again by themselves" in html
    assert "WhatsApp did not answer in time." in html


def test_htmx_is_given_the_list_alone(owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, read=1)
    answer = owner.client.get(
        f"/campaigns/{campaign.id}?segment=read", headers={"HX-Request": "true", "HX-Target": "recipients"}
    )
    assert answer.text.lstrip().startswith('<section class="card section is-flush" id="recipients"')


def test_a_completed_campaign_tells_what_came_of_it(owner: Person) -> None:
    now = datetime.now(UTC)
    campaign = make_running(
        owner.tenant_id,
        total=1000,
        status="completed",
        started_at=now - timedelta(minutes=5),
        completed_at=now,
    )
    count(campaign, sent_count=990, delivered_count=980, read_count=400, failed_count=10)
    html = page(owner, campaign)
    assert "990 messages were sent in 5 min. 980 arrived so far, 400 were read." in html
    assert "10 failed; the reasons are below." in html
    count(campaign, sent_count=1, delivered_count=1, read_count=1, failed_count=0)
    assert "One message was sent in 5 min. 1 arrived so far, 1 was read." in page(owner, campaign)


def test_a_campaign_that_reached_nobody_says_so(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=0, status="completed", paused_reason="nobody_to_reach")
    assert "Nobody was left to write to." in page(owner, campaign)


def test_pause_resume_and_cancel_do_what_they_say(owner: Person) -> None:
    instance = make_instance(owner.tenant_id)
    campaign = make_running(owner.tenant_id, whatsapp_instance_id=instance.id, first_number=1)
    path = f"/campaigns/{campaign.id}"
    for move, status in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert owner.post(f"{path}/{move}").headers["Location"] == path
        db.session.refresh(campaign)
        assert campaign.status == status


def test_who_comes_too_late_is_told_and_shown_how_it_stands(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, status="completed", completed_at=datetime.now(UTC))
    answer = owner.post(f"/campaigns/{campaign.id}/pause")
    assert answer.status_code == 303
    assert "This campaign is not running." in page(owner, campaign)


def test_a_campaign_without_its_number_does_not_go_on(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, status="paused", paused_reason="person")
    assert owner.post(f"/campaigns/{campaign.id}/resume").status_code == 303
    assert "Choose the number that sends." in page(owner, campaign)


def test_a_cancel_asks_with_how_many_are_waiting(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=1000)
    count(campaign, sent_count=1)
    html = page(owner, campaign)
    assert re.search(r'id="campaign-waiting"><strong>999</strong> people are still waiting', html)


def test_a_viewer_sees_everything_and_may_stop_nothing(app: Flask, owner: Person) -> None:
    campaign = with_recipients(owner.tenant_id, read=1)
    viewer = join(app, owner.tenant_id, "viewer")
    html = page(viewer, campaign, "?segment=read")
    assert names(html) == ["Person 0"]
    assert "/pause" not in html
    assert viewer.post(f"/campaigns/{campaign.id}/pause").status_code == 403


def test_a_strangers_campaign_is_not_there(owner: Person, stranger: Person) -> None:
    campaign = with_recipients(owner.tenant_id, read=1)
    for path in ("", "/frame", "?segment=read"):
        assert stranger.get(f"/campaigns/{campaign.id}{path}").status_code == 404
    assert stranger.post(f"/campaigns/{campaign.id}/cancel").status_code == 404


def test_what_people_typed_stays_text(owner: Person) -> None:
    evil = '<img src=x onerror="alert(1)">{{7*7}}'
    campaign = with_recipients(owner.tenant_id, failed=1)
    campaign.name = campaign.message = evil
    contact = db.session.scalars(Contact.of(owner.tenant_id)).one()
    contact.name = evil
    recipient = db.session.scalars(Recipient.of(owner.tenant_id)).one()
    recipient.error_message = evil
    db.session.commit()
    for path in (f"/campaigns/{campaign.id}?segment=all", f"/campaigns/{campaign.id}/frame", "/"):
        html = owner.get(path).text
        assert "<img" not in html
        assert path != "/" or "{{7*7}}" in html


def test_a_start_shows_that_it_is_being_prepared(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=0, status="preparing", started_at=None)
    assert "Writing down who gets the message" in page(owner, campaign)
    moves.cancel(owner.tenant_id, campaign.id)
    assert "This campaign was cancelled." in page(owner, campaign)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s"),
        (40.4, "40 s"),
        (60, "1 min"),
        (199, "3 min 20 s"),
        (720, "12 min"),
        (3900, "1 h 5 min"),
        (180000, "2 d 2 h"),
    ],
)
def test_times_left_are_short(app: Flask, seconds: float, words: str) -> None:
    with app.test_request_context():
        assert short(seconds) == words


def test_the_facts_follow_the_campaign(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=1234)
    frame = owner.get(f"/campaigns/{campaign.id}/frame").text
    facts = frame[frame.index('id="campaign-facts"') :]
    assert "1,234" in facts[:2000]


def test_a_viewer_is_sent_nothing_that_his_page_has_no_place_for(app: Flask, owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=10)
    viewer = join(app, owner.tenant_id, "viewer")
    page, frame = (
        viewer.get(f"/campaigns/{campaign.id}").text,
        viewer.get(f"/campaigns/{campaign.id}/frame").text,
    )
    sent = set(re.findall(r'id="(campaign-[a-z-]+)"[^>]*hx-swap-oob', frame))
    assert sent
    assert all(f'id="{name}"' in page for name in sent)
    assert "campaign-waiting" not in frame


def test_who_paused_is_named(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=10)
    owner.post(f"/campaigns/{campaign.id}/pause")
    sentence = f"{owner.email} paused this campaign."
    assert sentence in owner.get(f"/campaigns/{campaign.id}").text
    assert sentence in owner.get("/").text


def test_nobody_is_said_to_get_it_while_it_is_prepared(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, total=0, status="preparing", started_at=None)
    page = owner.get(f"/campaigns/{campaign.id}").text
    assert "Known once it is prepared" in page
    assert "Nobody was left out" in owner.get(f"/campaigns/{make_running(owner.tenant_id, total=10).id}").text
