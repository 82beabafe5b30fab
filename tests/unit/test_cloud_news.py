"""Every callback that Meta documents, and what it tells us."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cloud import callback_examples, deliveries, raw_example
from webapp.providers.cloud.callbacks import read_callback
from webapp.providers.errors import ErrorClass
from webapp.providers.news import (
    AccountEffect,
    AccountNews,
    Echo,
    Inbound,
    NumberQuality,
    NumberTrouble,
    Preference,
    Status,
    TemplateNews,
    Trouble,
)

NUMBER, ACCOUNT = "720000000000101", "910000000000001"
PERSON, USER = "12025550143", "US.88110022003300440055"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(1_790_000_000 + seconds, UTC)


def told(name: str) -> Any:
    (news,) = read_callback(raw_example(name))
    return news


def a_status(name: str, status: str, seconds: int, **more: Any) -> Status:
    return Status(NUMBER, ACCOUNT, told(name).message_id, status, at(seconds), **({"wa_id": PERSON} | more))


def test_every_example_is_understood():
    for name in callback_examples():
        assert type(told(name)).__name__ != "Unrecognised", name


@pytest.mark.parametrize(
    ("name", "status", "seconds", "more"),
    [
        ("wh_status_sent_v23", "sent", 1, {"tracker": "c42:r1001:a1", "pricing_category": "marketing"}),
        (
            "wh_status_sent_v24_no_conversation",
            "sent",
            1,
            {"tracker": "c42:r1002:a1", "pricing_category": "utility"},
        ),
        ("wh_status_delivered", "delivered", 3, {"tracker": "c42:r1001:a1", "pricing_category": "marketing"}),
    ],
)
def test_a_status_names_message_mark_and_price(name, status, seconds, more):
    assert told(name) == a_status(name, status, seconds, pricing_type="regular", **more)


def test_the_old_price_model_has_no_type():
    assert told("wh_status_sent_old_cbp") == a_status(
        "wh_status_sent_old_cbp", "sent", 1, pricing_category="service"
    )


def test_a_read_status_carries_no_price():
    expected = a_status("wh_status_read_no_pricing", "read", 60, tracker="c42:r1001:a1")
    assert told("wh_status_read_no_pricing") == expected


def test_a_free_message_says_so():
    news = told("wh_status_free_service")
    assert (news.pricing_category, news.pricing_type) == ("service", "free_customer_service")


@pytest.mark.parametrize(
    ("code", "cls"),
    [
        (131026, ErrorClass.RECIPIENT_PERMANENT),
        (131047, ErrorClass.NEEDS_TEMPLATE),
        (131042, ErrorClass.PAUSE_ACCOUNT),
    ],
)
def test_a_failure_carries_its_code_its_class_and_metas_words(code, cls):
    news = told(f"wh_status_failed_{code}")
    (trouble,) = news.errors
    assert (news.status, trouble.code, trouble.cls) == ("failed", code, cls)
    assert trouble.title
    assert trouble.details.endswith(".")


def test_a_mark_that_is_not_ours_is_handed_on_as_text():
    assert told("wh_status_opaque_not_ours_but_similar").tracker == "c999999:r1:a1"


def test_a_person_without_a_visible_number_is_known_by_user_id_and_message():
    news = told("wh_status_bsuid_no_phone")
    assert (news.wa_id, news.user_id, news.status) == ("", USER, "delivered")
    assert news.message_id.startswith("wamid.")


def test_statuses_out_of_order_keep_their_own_times():
    news = [item for raw in deliveries("seq_out_of_order") for item in read_callback(raw)]
    assert [(item.status, item.at) for item in news] == [
        ("read", at(60)),
        ("sent", at(1)),
        ("delivered", at(3)),
    ]
    assert len({item.message_id for item in news}) == 1


def test_a_status_that_overtakes_the_answer_is_complete():
    ((news,),) = [read_callback(raw) for raw in deliveries("seq_webhook_before_post_response")]
    assert (news.status, news.tracker) == ("sent", "c42:r1036:a1")
    assert news.message_id.startswith("wamid.")


def test_a_callback_names_the_number_it_is_for_also_when_it_is_not_ours():
    assert told("wh_unknown_phone").phone_number_id == "720000000009999"


def test_what_somebody_writes():
    news = told("wh_in_text")
    expected = Inbound(
        NUMBER,
        ACCOUNT,
        news.message_id,
        at(0),
        "text",
        PERSON,
        USER,
        "Dana Test",
        "Hi, is it still available?",
    )
    assert replace(news, extras={}) == expected
    assert news.extras == {"text": {"body": "Hi, is it still available?"}}


@pytest.mark.parametrize(
    ("name", "wa_id", "kind", "text", "payload"),
    [
        ("wh_in_text_stop", PERSON, "text", " Stop. ", ""),
        ("wh_in_text_referral", PERSON, "text", "I saw the ad", ""),
        ("wh_in_interactive_button", PERSON, "interactive", "Good", "good"),
        ("wh_in_interactive_flow", PERSON, "interactive", "Sent", ""),
        ("wh_in_image", PERSON, "image", "see", ""),
        ("wh_in_location", PERSON, "location", "X, Y", ""),
        ("wh_in_unsupported", PERSON, "unsupported", "", ""),
        ("wh_in_ar_prefix", "5491150000126", "text", "BAJA", ""),
    ],
)
def test_every_kind_of_message_is_told_in_words(name, wa_id, kind, text, payload):
    news = told(name)
    assert (news.wa_id, news.type, news.text, news.payload) == (wa_id, kind, text, payload)
    assert news.at == at(0)


def test_an_answer_names_the_message_it_answers():
    assert told("wh_in_interactive_button").reply_to.startswith("wamid.")
    assert told("wh_in_text").reply_to == ""


def test_what_there_is_no_field_for_is_kept():
    assert told("wh_in_text_referral").extras["referral"]["source_id"] == "960000000000001"
    assert told("wh_in_image").extras["image"]["id"] == "1900000000000101"
    assert told("wh_in_unsupported").extras["errors"][0]["code"] == 131051


def inbound(message: dict, *contacts: dict) -> Inbound:
    value = {"contacts": list(contacts), "messages": [{"id": "wamid.1"} | message]}
    body = {"entry": [{"id": ACCOUNT, "changes": [{"field": "messages", "value": value}]}]}
    (news,) = read_callback(json.dumps(body).encode())
    return news


@pytest.mark.parametrize(
    ("message", "text", "payload"),
    [
        ({"type": "button", "button": {"payload": "OPTOUT:c42", "text": "Stop"}}, "Stop", "OPTOUT:c42"),
        (
            {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": {"id": "r", "title": "Row"}},
            },
            "Row",
            "r",
        ),
        ({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}, "👍", ""),
        ({"type": "reaction", "reaction": {"message_id": "wamid.0"}}, "", ""),
        ({"type": "order", "order": {"text": "two please", "product_items": []}}, "two please", ""),
        (
            {"type": "system", "system": {"body": "Dana changed her number", "wa_id": "1"}},
            "Dana changed her number",
            "",
        ),
        (
            {
                "type": "contacts",
                "contacts": [{"name": {"formatted_name": "A"}}, {}, {"name": {"formatted_name": "B"}}],
            },
            "A, B",
            "",
        ),
        ({"type": "location", "location": {"latitude": 37.48, "longitude": -122.14}}, "37.48, -122.14", ""),
        ({"type": "location", "location": {"latitude": "x", "longitude": 1e300}}, "", ""),
        ({"type": "video", "video": {"id": "1"}}, "", ""),
        ({"type": "brand_new", "brand_new": {"body": "?"}}, "", ""),
        ({"type": "text", "text": "not an object"}, "", ""),
    ],
)
def test_other_kinds_of_message_are_told_in_words(message, text, payload):
    news = inbound(message)
    assert (news.text, news.payload, news.type) == (text, payload, message["type"])


def test_the_writer_is_found_among_several_contacts():
    dana = {"wa_id": "1", "user_id": "US.1", "profile": {"name": "Dana"}}
    sam = {"user_id": "US.2", "profile": {"name": "Sam"}}
    assert inbound({"from": "1"}, dana, sam).name == "Dana"
    assert inbound({"from_user_id": "US.2"}, dana, sam).name == "Sam"
    assert inbound({"from": "3"}, dana, sam).name == ""
    assert inbound({}, sam).user_id == "US.2"


def test_a_person_of_the_business_is_not_somebody_who_answers():
    news = told("wh_echo")
    assert news == Echo(NUMBER, ACCOUNT, news.message_id, PERSON, at(0), "text", "typed in the phone app")


@pytest.mark.parametrize("value", ["stop", "signup"])
def test_the_native_switch_for_marketing(value):
    expected = Preference(NUMBER, ACCOUNT, value, "marketing_messages", at(0), PERSON)
    assert told(f"wh_user_pref_{value}") == expected


def test_preferences_out_of_order_keep_their_own_times():
    news = [item for raw in deliveries("seq_user_pref_out_of_order") for item in read_callback(raw)]
    assert [(item.value, item.at) for item in news] == [("resume", at(100)), ("stop", at(0))]


@pytest.mark.parametrize(
    ("name", "template", "language", "event", "sendable"),
    [
        ("approved", "sale_image", "es_MX", "APPROVED", True),
        ("paused", "sale_image", "es_MX", "PAUSED", False),
        ("pending_deletion", "sale_image", "es_MX", "PENDING_DELETION", False),
        ("lang_hyphen", "order_update", "en_US", "APPROVED", True),
    ],
)
def test_a_template_may_be_sent_or_not(name, template, language, event, sendable):
    news = told(f"wh_template_{name}")
    assert isinstance(news, TemplateNews)
    assert (news.name, news.language, news.event, news.sendable) == (template, language, event, sendable)
    assert (news.kind, news.reason, news.at) == ("status", "", at(0))
    assert news.template_id.startswith("6100")


def test_a_paused_template_says_why():
    assert told("wh_template_paused").description == "Paused for 3 hours because of user feedback."


def test_a_limit_may_be_a_number_or_a_tier():
    news = told("wh_capability")
    assert (news.effect, news.limit) == (AccountEffect.INFORM, 2000)


@pytest.mark.parametrize(
    ("name", "event", "effect", "details"),
    [
        ("account_violation", "ACCOUNT_VIOLATION", AccountEffect.ALERT, "SCAM"),
        ("account_disabled", "DISABLED_UPDATE", AccountEffect.PAUSE, "DISABLE"),
        ("account_reinstated", "DISABLED_UPDATE", AccountEffect.MAY_RESUME, "REINSTATE"),
        ("account_volume_tier", "VOLUME_BASED_PRICING_TIER_UPDATE", AccountEffect.INFORM, ""),
    ],
)
def test_what_happens_to_an_account(name, event, effect, details):
    expected = AccountNews(ACCOUNT, "account_update", event, effect, at(0), details=details)
    assert told(f"wh_{name}") == expected


def test_an_alert_that_is_only_for_information():
    news = told("wh_account_alert")
    assert (news.event, news.effect) == ("INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED", AccountEffect.INFORM)


def changed(field: str, **value: Any) -> Any:
    body = {"entry": [{"id": ACCOUNT, "time": 1790000000, "changes": [{"field": field, "value": value}]}]}
    (news,) = read_callback(json.dumps(body).encode())
    return news


@pytest.mark.parametrize(
    ("kinds", "effect"),
    [
        (["RESTRICTED_ADD_PHONE_NUMBER_ACTION"], AccountEffect.ALERT),
        (["RESTRICTED_ADD_PHONE_NUMBER_ACTION", "RESTRICTED_BIZ_INITIATED_MESSAGING"], AccountEffect.PAUSE),
        (["RESTRICTED_UTILITY_TEMPLATES"], AccountEffect.PAUSE),
    ],
)
def test_a_restriction_of_sending_pauses_until_it_ends(kinds, effect):
    info = [
        {"restriction_type": kind, "expiration": 1790000000 + 60 * number}
        for number, kind in enumerate(kinds)
    ]
    news = changed("account_update", event="ACCOUNT_RESTRICTION", restriction_info=info)
    assert (news.effect, news.until, news.details) == (effect, at(60 * (len(kinds) - 1)), ", ".join(kinds))


def test_the_limit_of_a_number_is_told_by_its_digits():
    news = changed(
        "phone_number_quality_update",
        display_phone_number="+1 202-555-0100",
        event="ONBOARDING",
        current_limit="TIER_10K",
    )
    assert news == NumberQuality(ACCOUNT, "12025550100", "ONBOARDING", 10_000, at(0))


@pytest.mark.parametrize(
    ("told_limit", "limit"),
    [
        (250, 250),
        ("2000", 2000),
        ("TIER_1K", 1000),
        ("TIER_250", 250),
        ("TIER_UNLIMITED", -1),
        (-1, -1),
        ("TIER_NOT_SET", None),
        ("x", None),
        (None, None),
    ],
)
def test_limits_are_read_in_all_their_spellings(told_limit, limit):
    assert (
        changed("business_capability_update", max_daily_conversations_per_business=told_limit).limit == limit
    )


def test_a_template_changes_quality_category_or_text():
    named = {"message_template_id": 61, "message_template_name": "sale", "message_template_language": "en"}
    quality = changed("message_template_quality_update", new_quality_score="RED", **named)
    category = changed("template_category_update", new_category="MARKETING", **named)
    announced = changed("template_category_update", correct_category="UTILITY", **named)
    components = changed("message_template_components_update", **named)
    kinds = [(news.kind, news.event, news.sendable) for news in (quality, category, announced, components)]
    assert kinds == [
        ("quality", "RED", None),
        ("category", "MARKETING", None),
        ("category", "UTILITY", None),
        ("components", "CHANGED", None),
    ]


def test_trouble_with_a_number_as_a_whole():
    error = {"code": 131031, "title": "Locked", "error_data": {"details": "Account has been locked."}}
    news = changed("messages", metadata={"phone_number_id": NUMBER}, errors=[error, {"title": "no code"}])
    trouble = Trouble(131031, ErrorClass.PAUSE_ACCOUNT, "Locked", "Account has been locked.")
    assert news == NumberTrouble(NUMBER, ACCOUNT, (trouble,))
