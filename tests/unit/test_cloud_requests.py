import json

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud import example
from webapp.domain.errors import Invalid
from webapp.egress.rules import Rules
from webapp.egress.urls import read_url
from webapp.providers.base import Number
from webapp.providers.cloud.requests import headers, send_url, text_body
from webapp.providers.cloud.templates import Button, Media, Template, Value, clean_value, template_body

SCHEMA = jsonschema_rs.validator_for(example("messages.schema"))
TO, TRACKER = "+12025550143", "c42:r1001:a1"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def make_number(**changes: str) -> Number:
    values = {"base_url": "https://graph.facebook.com", "api_version": "v23.0", "phone_number_id": "720"}
    return Number(**(values | {"access_token": "EAA-secret"} | changes))


def parsed(body: bytes) -> dict:
    message = json.loads(body)
    assert SCHEMA.is_valid(message), list(SCHEMA.iter_errors(message))
    return message


def test_a_text_message_is_what_meta_documents():
    body = text_body(TO, "Hello Dana, your order 1001 is ready.", TRACKER)
    assert parsed(body) == example("req_text")


@given(TEXTS, st.booleans())
def test_whatever_is_written_arrives_as_it_was_written(text, preview):
    message = parsed(text_body(TO, text, TRACKER, preview))
    assert message["text"] == {"body": text, "preview_url": preview}
    assert (message["to"], message["biz_opaque_callback_data"]) == (TO, TRACKER)


def test_a_template_without_values_has_no_components():
    message = parsed(template_body(TO, Template("hello_world", "en_US"), TRACKER))
    assert message == example("req_template_plain") | {"biz_opaque_callback_data": TRACKER}


def test_positional_values_come_in_order():
    template = Template("order_update", "pt_BR", body=(Value("Dana"), Value("1001")))
    assert parsed(template_body(TO, template, TRACKER)) == example("req_template_positional")


def test_named_values_carry_their_names():
    template = Template("order", "en", body=(Value("Dana", "first_name"),), header=Value("Sale", "title"))
    components = parsed(template_body(TO, template, TRACKER))["template"]["components"]
    assert components[0]["parameters"] == [{"type": "text", "text": "Sale", "parameter_name": "title"}]
    assert components[1]["parameters"] == [{"type": "text", "text": "Dana", "parameter_name": "first_name"}]


def test_a_header_may_be_a_document():
    media = Media("document", id="1900000000000007", filename="Rechnung-1001.pdf")
    template = Template("invoice_pdf", "de", body=(Value("Dana"),), header=media)
    expected = example("req_template_document_header")
    del expected["template"]["language"]["policy"]
    message = parsed(template_body(TO, template, TRACKER))
    assert message == expected | {"biz_opaque_callback_data": TRACKER}


def test_a_header_may_be_a_picture_at_an_address():
    template = Template("sale", "en", header=Media("image", link="https://example.com/a.jpg"))
    (header,) = parsed(template_body(TO, template, TRACKER))["template"]["components"]
    assert header["parameters"] == [{"type": "image", "image": {"link": "https://example.com/a.jpg"}}]


def test_a_code_goes_into_the_text_and_its_button():
    template = Template("login_code", "en_US", body=(Value("483920"),), buttons=(Button(0, "url", "483920"),))
    message = parsed(template_body(TO, template, TRACKER))
    assert message == example("req_template_otp") | {"biz_opaque_callback_data": TRACKER}


def test_every_kind_of_button_carries_its_value():
    buttons = (
        Button(0, "url", "a b/ü"),
        Button(1, "quick_reply", "OPTOUT:c42"),
        Button(2, "copy_code", "SALE20"),
    )
    made = parsed(template_body(TO, Template("sale", "en", buttons=buttons), TRACKER))["template"][
        "components"
    ]
    assert [button["index"] for button in made] == ["0", "1", "2"]
    assert [button["parameters"][0] for button in made] == [
        {"type": "text", "text": "a%20b%2F%C3%BC"},
        {"type": "payload", "payload": "OPTOUT:c42"},
        {"type": "coupon_code", "coupon_code": "SALE20"},
    ]


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("two\nlines\r\nand\ttabs", "two lines and tabs"),
        ("four    spaces stay", "four    spaces stay"),
        ("five     do not", "five do not"),
        ("  edges \n", "edges"),
        ("\u2028a\u2029", "a"),
    ],
)
def test_a_value_loses_what_meta_refuses(value, clean):
    assert clean_value(value) == clean


@pytest.mark.parametrize("value", ["", "   ", "\n\t"])
def test_an_empty_value_is_refused_with_the_name_of_its_placeholder(value):
    with pytest.raises(Invalid, match="empty") as caught:
        template_body(TO, Template("order", "en", body=(Value(value, "first_name"),)), TRACKER)
    assert caught.value.field == "first_name"


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "https://graph.facebook.com/v23.0/720/messages"),
        ({"api_version": "25.0"}, "https://graph.facebook.com/v25.0/720/messages"),
        ({"base_url": "http://127.0.0.1:8090/"}, "http://127.0.0.1:8090/v23.0/720/messages"),
        ({"phone_number_id": "7/../8?x#"}, "https://graph.facebook.com/v23.0/7%2F..%2F8%3Fx%23/messages"),
    ],
)
def test_messages_are_posted_to_the_number_on_its_server(changes, url):
    assert send_url(make_number(**changes)) == url


def test_the_address_is_already_in_its_one_true_spelling():
    url = send_url(make_number())
    assert read_url(url, Rules()).url == url


def test_every_request_carries_the_token_and_the_token_shows_nowhere_else():
    number = make_number()
    assert headers(number) == ("Authorization: Bearer EAA-secret", "Content-Type: application/json")
    assert "EAA-secret" not in repr(number) + send_url(number)
