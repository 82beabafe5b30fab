import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cloud import callback_examples, example, raw_example
from webapp.providers.cloud.callbacks import handshake, read_callback, verify_signature
from webapp.providers.news import Inbound, Status, Unrecognised

SIGNED = example("signature")
HANDSHAKES = example("handshake")["cases"]


@pytest.mark.parametrize("case", SIGNED["cases"], ids=lambda case: case["name"])
def test_only_the_very_bytes_that_were_signed_are_metas(case):
    raw = case["raw_body"].encode()
    assert verify_signature(raw, case["signature"], SIGNED["app_secret"]) is case["valid"]


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header[:-1],
        lambda header: header + "0",
        lambda header: header[:20],
        lambda header: "sha256=",
        lambda header: header.upper(),
        lambda header: " " + header,
        lambda header: "sha256=" + "é" * 64,
        lambda header: "sha256=\udcff",
        lambda header: header + ", " + header,
    ],
)
def test_a_signature_that_is_short_long_or_odd_is_none(change):
    case = SIGNED["cases"][0]
    assert not verify_signature(case["raw_body"].encode(), change(case["signature"]), SIGNED["app_secret"])


def test_without_an_app_secret_nothing_is_metas():
    unkeyed = "sha256=" + "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    assert not verify_signature(b"", unkeyed, "")


@pytest.mark.parametrize("case", HANDSHAKES)
def test_the_handshake_answers_its_challenge_to_whoever_knows_the_token(case):
    challenge = handshake(case["query"], case["configured_verify_token"])
    assert challenge == (case["query"]["hub.challenge"] if case["expect_status"] == 200 else None)


@pytest.mark.parametrize("token", ["verify-me-12", "verify-me-1234", "VERIFY-ME-123", "vérify", "\udcff"])
def test_a_token_that_is_almost_right_is_wrong(token):
    asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}
    assert handshake(asked, "verify-me-123") is None


def test_a_handshake_without_a_challenge_is_refused():
    assert handshake({"hub.mode": "subscribe", "hub.verify_token": "t"}, "t") is None


def callback(*changes: object, account: object = "910") -> bytes:
    return json.dumps({"entry": [{"id": account, "changes": list(changes)}]}).encode()


def messages(**value: object) -> dict:
    return {"field": "messages", "value": {"metadata": {"phone_number_id": "720"}} | value}


def a_status(**changes: object) -> dict:
    return {"id": "wamid.1", "status": "sent", "timestamp": "1790000001"} | changes


def test_one_bad_item_does_not_lose_the_rest():
    bad = [None, 7, "text", [], {}, {"id": 1.5}, a_status(id=None)]
    news = read_callback(
        callback(
            "not a change",
            {"field": "messages", "value": None},
            {"field": {"a": 1}, "value": {}},
            messages(statuses="none", messages={"id": "wamid.9"}),
            messages(statuses=[*bad, a_status(), a_status(status=["sent"]), a_status(id="wamid.2")]),
            messages(messages=[*bad, {"id": "wamid.3", "type": "text", "text": {"body": "hi"}}]),
        )
    )
    told = [item for item in news if not isinstance(item, Unrecognised)]
    assert [item.message_id for item in told] == ["wamid.1", "wamid.2", "wamid.3"]
    assert sum(isinstance(item, Unrecognised) for item in news) > 2 * len(bad)


def test_several_accounts_changes_and_items_come_in_one_body():
    first = {"id": "1", "changes": [messages(statuses=[a_status(), a_status(id="wamid.2")])]}
    second = {"id": "2", "changes": [messages(messages=[{"id": "wamid.3", "type": "text"}]), messages()]}
    news = read_callback(json.dumps({"entry": [first, second]}).encode())
    assert [(type(item), item.business_account_id) for item in news] == [
        (Status, "1"),
        (Status, "1"),
        (Inbound, "2"),
    ]


@pytest.mark.parametrize("raw", [b"", b"not json", b"\xff", b'{"entry":', b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_json_is_told_as_such(raw):
    assert read_callback(raw) == [Unrecognised("", "", "not JSON")]


@pytest.mark.parametrize("raw", [b"null", b"[]", b"7", b'"x"', b"{}", b'{"entry":{}}', b'{"entry":[null]}'])
def test_json_without_news_tells_nothing(raw):
    assert read_callback(raw) == []


def test_a_field_that_meta_adds_later_is_told_as_unknown():
    news = read_callback(callback({"field": "brand_new", "value": {}}))
    assert news == [Unrecognised("910", "brand_new", "unknown field")]


@pytest.mark.parametrize("status", ["deleted", "warning", "", None, "SENT"])
def test_a_status_that_is_not_known_changes_nothing(status):
    news = read_callback(callback(messages(statuses=[a_status(status=status)])))
    assert news == [Unrecognised("910", "messages", "unknown status")]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("1790000001", 1790000001),
        (1790000001, 1790000001),
        ("", None),
        ("soon", None),
        ("-5", None),
        (0, None),
        (True, None),
        (1.5e300, None),
        (10**30, None),
        ("9" * 400, None),
        ("１７９", None),
        (None, None),
    ],
)
def test_a_time_is_seconds_as_text_or_number_and_a_bad_one_is_none(told, seconds):
    (status,) = read_callback(callback(messages(statuses=[a_status(timestamp=told)])))
    assert (status.at.timestamp() if status.at else None) == seconds


def test_what_a_database_can_not_keep_is_replaced():
    text = {"body": "a\0b\ud800c\ud83d\udc4b"}
    item = {"id": "wamid.1", "type": "text", "text": text, "x\0": [float("nan"), 10**60, "\udfff", True, 7]}
    (inbound,) = read_callback(callback(messages(messages=[item])))
    assert inbound.text == "a\ufffdb\ufffdc\N{WAVING HAND SIGN}"
    assert inbound.extras["x\ufffd"] == [None, None, "\ufffd", True, 7]
    json.dumps(inbound.extras, allow_nan=False).encode()


def test_a_listened_voice_message_is_read():
    (status,) = read_callback(callback(messages(statuses=[a_status(status="played")])))
    assert status.status == "read"


def strings_of(news: object) -> list[str]:
    values = [getattr(news, name) for name in news.__slots__]
    return [value for value in values if isinstance(value, str)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3),
    max_leaves=8,
)
EXAMPLES = [json.loads(raw_example(name)) for name in callback_examples()]


def paths(value: object, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inner for found in paths(part, (*path, key)))]


def replaced(value: object, path: tuple, new: object) -> object:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


@settings(max_examples=400)
@given(st.sampled_from(EXAMPLES), st.data(), JSON)
def test_no_change_to_a_callback_breaks_it(example, data, new):
    path = data.draw(st.sampled_from(paths(example)))
    for news in read_callback(json.dumps(replaced(example, path, new)).encode()):
        for text in strings_of(news):
            assert "\0" not in text
            text.encode()
