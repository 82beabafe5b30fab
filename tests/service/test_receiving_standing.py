"""News of templates, numbers and accounts, and failures that stop more than their own message."""

import uuid
from typing import Any

import pytest
from flask import Flask

from tests.callbacks import (
    arrive,
    body_of,
    change_of,
    inbox,
    make_running,
    recipients,
    send,
    status_of,
    statuses_of,
)
from tests.campaigning import make_instance, statuses
from tests.people import Person
from webapp.db import act_for, db
from webapp.models.audit_log import AuditEntry
from webapp.models.message_templates import MessageTemplate
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import whatsapp_instances
from webapp.services.campaigns import moves

SALE = {"name": "sale_image", "language": "es_MX"}


def account_news(instance: WhatsAppInstance, field: str, **value: Any) -> bytes:
    return body_of({"field": field, "value": value}, account=instance.business_account_id, time=1790000000)


def template_news(instance: WhatsAppInstance, event: str, language: str = "es_MX", **more: Any) -> bytes:
    value = {
        "event": event,
        "message_template_name": "sale_image",
        "message_template_language": language,
    } | more
    return account_news(instance, "message_template_status_update", **value)


def make_template(tenant_id: uuid.UUID, language: str = "es_MX", status: str = "APPROVED") -> MessageTemplate:
    template = MessageTemplate(
        tenant_id=tenant_id,
        name=f"Sale {language}",
        kind="template",
        content="Hola",
        provider_name="sale_image",
        language=language,
        category="MARKETING",
        provider_status=status,
    )
    db.session.add(template)
    db.session.commit()
    return template


@pytest.mark.parametrize(
    ("event", "status", "reason"),
    [
        ("PAUSED", "PAUSED", "error_132015"),
        ("DISABLED", "DISABLED", "error_132016"),
        ("REJECTED", "REJECTED", "error_132001"),
        ("PENDING_DELETION", "PENDING_DELETION", "error_132001"),
        ("APPROVED", "APPROVED", None),
        ("REINSTATED", "APPROVED", None),
        ("FLAGGED", "APPROVED", None),
        ("IN_APPEAL", "IN_APPEAL", None),
    ],
)
def test_a_template_that_may_not_be_sent_pauses_its_campaigns(
    app: Flask, owner: Person, event: str, status: str, reason: str | None
) -> None:
    campaign, instance = make_running(owner.tenant_id, message_kind="template", message_template=SALE)
    template, other = make_template(owner.tenant_id), make_template(owner.tenant_id, "en_US")
    arrive(app, instance, template_news(instance, event, "es-MX"))
    assert (template.provider_status, other.provider_status) == (status, "APPROVED")
    assert (campaign.status, campaign.paused_reason) == ("paused" if reason else "running", reason)


def test_a_campaign_of_another_account_or_language_goes_on(app: Flask, owner: Person) -> None:
    elsewhere, _ = make_running(owner.tenant_id, 1, message_kind="template", message_template=SALE)
    english, instance = make_running(
        owner.tenant_id, 0, message_kind="template", message_template=SALE | {"language": "en_US"}
    )
    arrive(app, instance, template_news(instance, "PAUSED"))
    assert (elsewhere.status, english.status) == ("running", "running")


def test_a_template_that_meta_moved_to_another_category_says_so(app: Flask, owner: Person) -> None:
    instance, template = make_instance(owner.tenant_id), make_template(owner.tenant_id)
    value = {
        "message_template_name": "sale_image",
        "message_template_language": "es_MX",
        "new_category": "UTILITY",
    }
    arrive(app, instance, account_news(instance, "template_category_update", **value))
    assert template.category == "UTILITY"
    assert template.provider_status == "APPROVED"


BAN = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
REINSTATED = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}
RESTRICTED = {
    "event": "ACCOUNT_RESTRICTION",
    "restriction_info": [
        {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1790086400}
    ],
}


@pytest.mark.parametrize("news", [BAN, RESTRICTED, {"event": "ACCOUNT_DELETED"}])
def test_an_account_that_may_not_send_pauses_all_its_numbers_and_campaigns(
    app: Flask, owner: Person, news: dict[str, Any]
) -> None:
    campaign, instance = make_running(owner.tenant_id)
    sibling, other = make_instance(owner.tenant_id), make_instance(owner.tenant_id)
    sibling.business_account_id = instance.business_account_id
    db.session.commit()
    arrive(app, sibling, account_news(instance, "account_update", **news))
    assert (campaign.status, campaign.paused_reason) == ("paused", "error_131031")
    assert (instance.status, sibling.status, other.status) == ("paused", "paused", "connected")


def test_an_account_that_is_back_is_let_go_on_by_a_person(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    arrive(app, instance, account_news(instance, "account_update", **BAN))
    arrive(app, instance, account_news(instance, "account_update", **REINSTATED))
    assert (instance.status, campaign.status) == ("paused", "paused")
    whatsapp_instances.unpause(owner.tenant_id, instance.id)
    assert moves.resume(owner.tenant_id, campaign.id).status == "running"


def test_another_accounts_news_are_not_heard(app: Flask, owner: Person, stranger: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    act_for(stranger.tenant_id)
    theirs = make_instance(stranger.tenant_id)
    arrive(app, theirs, account_news(instance, "account_update", **BAN))
    assert [row.error for row in inbox(stranger.tenant_id)] == ["not our account: 1"]
    act_for(owner.tenant_id)
    db.session.expire_all()
    assert (instance.status, campaign.status) == ("connected", "running")


@pytest.mark.parametrize(
    ("event", "quality"), [("FLAGGED", "RED"), ("UNFLAGGED", "UNKNOWN"), ("ONBOARDING", "GREEN")]
)
def test_what_is_said_of_a_numbers_quality_and_limit_is_kept(
    app: Flask, owner: Person, event: str, quality: str
) -> None:
    instance, sibling = make_instance(owner.tenant_id), make_instance(owner.tenant_id)
    sibling.business_account_id, sibling.phone_number = instance.business_account_id, "+12025550199"
    instance.quality = sibling.quality = "GREEN"
    db.session.commit()
    value = {"display_phone_number": "+1 202-555-0100", "event": event, "current_limit": "TIER_2K"}
    arrive(app, instance, account_news(instance, "phone_number_quality_update", **value))
    assert (instance.quality, sibling.quality) == (quality, "GREEN")
    assert instance.check_result == {"messaging_limit": 2000}
    assert sibling.check_result == {}


def test_alerts_are_on_record(app: Flask, owner: Person) -> None:
    instance = make_instance(owner.tenant_id)
    news = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}}
    arrive(app, instance, account_news(instance, "account_update", **news))
    entries = db.session.scalars(
        AuditEntry.of(owner.tenant_id).where(AuditEntry.action == "account_news")
    ).all()
    assert [entry.details for entry in entries] == [{"event": "ACCOUNT_VIOLATION", "details": "SCAM"}]
    assert instance.status == "connected"


@pytest.mark.parametrize(
    ("code", "number", "sibling", "campaign_status"),
    [
        (131042, "paused", "paused", "paused"),
        (131048, "paused", "connected", "paused"),
        (132015, "connected", "connected", "paused"),
        (131026, "connected", "connected", "running"),
        (131000, "connected", "connected", "running"),
        (130429, "connected", "connected", "running"),
    ],
)
def test_a_late_failure_stops_what_its_error_stops(
    app: Flask, owner: Person, code: int, number: str, sibling: str, campaign_status: str
) -> None:
    campaign, instance = make_running(owner.tenant_id)
    other = make_instance(owner.tenant_id)
    other.business_account_id = instance.business_account_id
    db.session.commit()
    send(campaign)
    first, *_ = recipients(campaign)
    arrive(app, instance, statuses_of(instance, status_of(first, "failed", code=code)))
    assert statuses(campaign) == {"failed": 1, "accepted": 2}
    assert (instance.status, other.status, campaign.status) == (number, sibling, campaign_status)
    if campaign_status == "paused":
        assert campaign.paused_reason == f"error_{code}"


def test_a_repeated_failure_does_not_overrule_a_person_who_let_it_go_on(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    first, *_ = recipients(campaign)
    failure, earlier = (status_of(first, "failed", at=at, code=132015) for at in (5, 4))
    arrive(app, instance, statuses_of(instance, failure))
    assert campaign.status == "paused"
    moves.resume(owner.tenant_id, campaign.id)
    arrive(app, instance, statuses_of(instance, failure), statuses_of(instance, earlier))
    assert campaign.status == "running"


def test_a_campaign_in_the_trash_stops_nobody_else(
    app: Flask, owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    first, *_ = recipients(campaign)
    campaign.deleted_at = campaign.created_at
    db.session.commit()
    arrive(app, instance, statuses_of(instance, status_of(first, "failed", code=132015)))
    assert statuses(campaign) == {"failed": 1, "accepted": 2}
    assert [row.error for row in inbox(owner.tenant_id)] == [None]
    assert "callbacks_not_applied" not in caplog.text


def test_trouble_of_a_whole_number_pauses_it(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    change = change_of(instance, errors=[{"code": 131048, "title": "Spam limit"}])
    arrive(app, instance, body_of(change, account=instance.business_account_id))
    assert (instance.status, campaign.status) == ("paused", "paused")


def test_what_is_not_understood_is_kept_and_harms_nothing(app: Flask, owner: Person) -> None:
    campaign, instance = make_running(owner.tenant_id)
    send(campaign)
    first, *_ = recipients(campaign)
    mixed = body_of(
        {"field": "brand_new", "value": {}},
        change_of(
            instance, statuses=[{"status": "sent"}, status_of(first, "read"), status_of(first, "dancing")]
        ),
        account=instance.business_account_id,
    )
    arrive(app, instance, b"no json", mixed, b"[]")
    assert statuses(campaign) == {"read": 1, "accepted": 2}
    errors = [row.error for row in inbox(owner.tenant_id)]
    assert errors == ["not JSON: 1", "no id: 1, unknown field: 1, unknown status: 1", None]
