"""Every example of Meta's callbacks, from the post at the door to the rows it leaves."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, current_app

from tests.callbacks import arrive, history, inbox, make_example_number, make_running, recipients, tracker_of
from tests.campaigning import check_counts, make_instance, statuses
from tests.cloud import callback_examples, deliveries, example, raw_example
from tests.people import Person
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.message_templates import MessageTemplate
from webapp.models.opt_outs import OptOut
from webapp.models.recipients import Recipient
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.base import Accepted
from webapp.sending.gate import gate
from webapp.sending.lease import claim
from webapp.sending.results import result_of
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.services import contacts

DANA = "12025550143"

# Where a message is that was accepted before.
ENDS = {
    "wh_status_sent_v23": "sent",
    "wh_status_sent_v24_no_conversation": "sent",
    "wh_status_sent_old_cbp": "sent",
    "wh_status_free_service": "sent",
    "wh_status_delivered": "delivered",
    "wh_status_bsuid_no_phone": "delivered",
    "wh_status_read_no_pricing": "read",
    "wh_status_failed_131026": "failed",
    "wh_status_failed_131042": "failed",
    "wh_status_failed_131047": "failed",
}
PAUSES = {"wh_status_failed_131042": "error_131042", "wh_account_disabled": "error_131031"}

# type, words, what else is kept
SAID: dict[str, tuple[str, str, str]] = {
    "wh_in_text": ("text", "Hi, is it still available?", ""),
    "wh_in_text_stop": ("text", " Stop. ", ""),
    "wh_in_text_referral": ("text", "I saw the ad", "referral"),
    "wh_in_interactive_button": ("interactive", "Good", "interactive"),
    "wh_in_interactive_flow": ("interactive", "Sent", "interactive"),
    "wh_in_image": ("image", "see", "image"),
    "wh_in_location": ("location", "X, Y", "location"),
    "wh_in_unsupported": ("unsupported", "", "errors"),
    "wh_in_ar_prefix": ("text", "BAJA", ""),
}
OPT_OUTS = {
    "wh_in_text_stop": {(DANA, "stop_word")},
    "wh_in_ar_prefix": {("5491150000126", "stop_word")},
    "wh_user_pref_stop": {(DANA, "native")},
}
TEMPLATES = {
    "wh_template_approved": ("sale_image", "es_MX", "APPROVED"),
    "wh_template_lang_hyphen": ("order_update", "en_US", "APPROVED"),
    "wh_template_paused": ("sale_image", "es_MX", "PAUSED"),
    "wh_template_pending_deletion": ("sale_image", "es_MX", "PENDING_DELETION"),
}
CHANGES_NOTHING = {
    "wh_status_opaque_not_ours_but_similar",
    "wh_unknown_phone",
    "wh_user_pref_signup",
    "wh_account_alert",
    "wh_account_reinstated",
    "wh_account_violation",
    "wh_account_volume_tier",
}
OTHERS = {"wh_echo", "wh_capability", "wh_account_disabled", "wh_user_pref_stop"}


def test_every_example_is_looked_at() -> None:
    looked_at = {*ENDS, *SAID, *TEMPLATES, *CHANGES_NOTHING, *OTHERS}
    assert looked_at == set(callback_examples())


@pytest.fixture
def instance(owner: Person) -> WhatsAppInstance:
    return make_example_number(owner.tenant_id)


def first_status(name: str) -> dict[str, Any]:
    envelope = example(name)
    body = envelope["deliveries"][0] if "deliveries" in envelope else envelope
    status: dict[str, Any] = body["entry"][0]["changes"][0]["value"]["statuses"][0]
    return status


def sent_as(
    instance: WhatsAppInstance, message_id: str, *, is_settled: bool = True
) -> tuple[Campaign, Recipient]:
    """A campaign whose first message the provider has accepted under this id, or is about to."""
    campaign, _ = make_running(instance.tenant_id, 2, instance=instance)
    store = Store(current_app.config["CRIER"].database_url)
    batch = claim(store, instance.tenant_id, campaign.id, 60)
    assert batch is not None
    window = gate(store, batch, 1, lease_seconds=60, post_seconds=30)
    assert window is not None
    if is_settled:
        results = [result_of(window.rows[0], Accepted(message_id, DANA))]
        settle(store, [(window, results)], instance_id=instance.id, type="text")
    store.close()
    db.session.expire_all()
    return campaign, recipients(campaign)[0]


def moment(seconds: str) -> datetime:
    """Never in the future, should this run on a clock that is behind."""
    return min(datetime.fromtimestamp(int(seconds), UTC), datetime.now(UTC))


def standing(instance: WhatsAppInstance) -> set[tuple[str, str]]:
    rows = db.session.scalars(OptOut.of(instance.tenant_id).where(OptOut.lifted_at.is_(None)))
    return {(row.phone_key, row.source) for row in rows}


@pytest.mark.parametrize("name", ENDS)
def test_a_status_moves_its_message(app: Flask, instance: WhatsAppInstance, name: str) -> None:
    status = first_status(name)
    campaign, recipient = sent_as(instance, status["id"])
    arrive(app, instance, raw_example(name))
    arrive(app, instance, raw_example(name))
    assert statuses(campaign) == {ENDS[name]: 1, "pending": 1}
    assert abs(getattr(recipient, f"{ENDS[name]}_at") - moment(status["timestamp"])).total_seconds() < 60
    assert [row.status for row in history(instance.tenant_id)] == [ENDS[name]]
    code = status["errors"][0]["code"] if "errors" in status else None
    assert recipient.error_code == code
    assert (campaign.status, campaign.paused_reason) == (
        ("paused", PAUSES[name]) if name in PAUSES else ("running", None)
    )
    assert instance.status == ("paused" if name in PAUSES else "connected")
    check_counts(campaign)


def test_statuses_that_come_out_of_order_fill_every_time(app: Flask, instance: WhatsAppInstance) -> None:
    campaign, recipient = sent_as(instance, first_status("seq_out_of_order")["id"])
    for raw in deliveries("seq_out_of_order"):
        arrive(app, instance, raw)
    assert statuses(campaign) == {"read": 1, "pending": 1}
    for name, at in (("sent_at", "1790000001"), ("delivered_at", "1790000003"), ("read_at", "1790000060")):
        assert abs(getattr(recipient, name) - moment(at)).total_seconds() < 60
    check_counts(campaign)


def test_a_status_before_the_answer_to_the_post_loses_nothing(app: Flask, instance: WhatsAppInstance) -> None:
    """The example's tracker is Meta's, so the message is known by its id as soon as its answer is settled."""
    name = "seq_webhook_before_post_response"
    message_id = first_status(name)["id"]
    campaign, recipient = sent_as(instance, message_id, is_settled=False)
    ours = deliveries(name)[0].replace(b"c42:r1036:a1", tracker_of(recipient.number).encode())
    arrive(app, instance, ours)
    assert (recipient.status, recipient.message_id) == ("sent", message_id)
    assert [row.message_id for row in history(instance.tenant_id)] == [message_id]
    check_counts(campaign)


@pytest.mark.parametrize("name", SAID)
def test_what_somebody_writes_is_kept(app: Flask, instance: WhatsAppInstance, name: str) -> None:
    kind, words, extra = SAID[name]
    arrive(app, instance, raw_example(name))
    arrive(app, instance, raw_example(name))
    (row,) = history(instance.tenant_id)
    assert (row.direction, row.status, row.type, row.content) == ("in", "received", kind, words)
    assert not extra or extra in row.extras["provider"]
    (contact,) = db.session.scalars(Contact.of(instance.tenant_id))
    assert (row.contact_id, contact.name, contact.last_inbound_at) == (contact.id, "Dana Test", row.sent_at)
    assert standing(instance) == OPT_OUTS.get(name, set())


@pytest.mark.parametrize("stored", ["541150000126", "5491150000126"])
def test_an_argentine_is_the_contact_of_either_spelling(
    app: Flask, instance: WhatsAppInstance, stored: str
) -> None:
    contact = contacts.create(instance.tenant_id, phone_number=f"+{stored}")
    arrive(app, instance, raw_example("wh_in_ar_prefix"))
    (found,) = db.session.scalars(Contact.of(instance.tenant_id))
    assert found.id == contact.id
    assert standing(instance) == {(contact.phone_key, "stop_word")}


def test_the_native_switch_stops_messages(app: Flask, instance: WhatsAppInstance) -> None:
    arrive(app, instance, raw_example("wh_user_pref_stop"))
    assert standing(instance) == OPT_OUTS["wh_user_pref_stop"]


def test_an_older_stop_after_a_newer_resume_is_over(app: Flask, instance: WhatsAppInstance) -> None:
    for raw in deliveries("seq_user_pref_out_of_order"):
        arrive(app, instance, raw)
    is_past = moment("1790000100").timestamp() == 1790000100
    assert standing(instance) == (set() if is_past else {(DANA, "native")})


@pytest.mark.parametrize("name", TEMPLATES)
def test_news_of_a_template_reach_it_and_its_campaigns(
    app: Flask, instance: WhatsAppInstance, name: str
) -> None:
    template_name, language, status = TEMPLATES[name]
    template = MessageTemplate(
        tenant_id=instance.tenant_id,
        name="Sale",
        kind="template",
        content="Hola",
        provider_name=template_name,
        language=language,
        provider_status="PENDING",
    )
    db.session.add(template)
    db.session.commit()
    identity = {"name": template_name, "language": language}
    campaign, _ = make_running(
        instance.tenant_id, instance=instance, message_kind="template", message_template=identity
    )
    arrive(app, instance, raw_example(name))
    assert template.provider_status == status
    assert campaign.status == ("running" if status == "APPROVED" else "paused")


def test_a_banned_account_stops(app: Flask, instance: WhatsAppInstance) -> None:
    campaign, _ = make_running(instance.tenant_id, instance=instance)
    arrive(app, instance, raw_example("wh_account_disabled"))
    assert (instance.status, campaign.status, campaign.paused_reason) == (
        "paused",
        "paused",
        PAUSES["wh_account_disabled"],
    )


def test_a_new_limit_is_noted(app: Flask, instance: WhatsAppInstance) -> None:
    arrive(app, instance, raw_example("wh_capability"))
    assert instance.check_result["messaging_limit"] == 2000


def test_an_echo_is_no_inbound_message(app: Flask, instance: WhatsAppInstance) -> None:
    arrive(app, instance, raw_example("wh_echo"))
    (row,) = history(instance.tenant_id)
    assert (row.direction, row.content, row.chat_id) == ("out", "typed in the phone app", DANA)
    assert db.session.scalars(Contact.of(instance.tenant_id)).all() == []


@pytest.mark.parametrize("name", sorted(CHANGES_NOTHING))
def test_what_is_for_nobody_here_or_only_informs_changes_nothing(
    app: Flask, owner: Person, stranger: Person, instance: WhatsAppInstance, name: str
) -> None:
    campaign, _ = make_running(owner.tenant_id, 2, instance=instance)
    act_for(stranger.tenant_id)
    make_instance(stranger.tenant_id, number_id="720000000009999")
    act_for(owner.tenant_id)
    arrive(app, instance, raw_example(name))
    assert (campaign.status, instance.status) == ("running", "connected")
    assert statuses(campaign) == {"pending": 2}
    assert history(owner.tenant_id) == []
    assert standing(instance) == set()
    assert all(row.applied_at for row in inbox(owner.tenant_id))
    act_for(stranger.tenant_id)
    assert history(stranger.tenant_id) == []
    assert db.session.scalars(OptOut.of(stranger.tenant_id)).all() == []
