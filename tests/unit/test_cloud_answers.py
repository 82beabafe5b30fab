import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud import example
from webapp.egress.answer import Answer, Fate, Problem
from webapp.providers.base import Accepted, Doubt, NotSent, Refused, Unknown
from webapp.providers.cloud.answers import read_send_answer
from webapp.providers.errors import ErrorClass


def answered(body: object, status: int = 200, retry_after: int = 0) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(None, Fate.ANSWERED, status, raw, retry_after)


def of_example(name: str) -> Answer:
    said = example(f"res_{name}")
    body = said["body_text"].encode() if "body_text" in said else said["body"]
    return answered(body, said["status"], int(said["headers"].get("Retry-After", 0)))


def test_a_message_id_is_a_success():
    outcome = read_send_answer(of_example("send_ok"))
    assert outcome == Accepted(
        "wamid.HAsxMjAyNTU1MDE0MxUCABEYEkM0Q0E0MjM4QTBCOTIzODIwRENDAA==", "12025550143"
    )
    assert not outcome.held


@pytest.mark.parametrize(
    ("name", "status", "held"),
    [
        ("send_ok_template", "accepted", False),
        ("send_held", "held_for_quality_assessment", True),
        ("send_paused", "paused", True),
    ],
)
def test_a_message_that_is_held_back_was_taken_all_the_same(name, status, held):
    outcome = read_send_answer(of_example(name))
    assert isinstance(outcome, Accepted)
    assert (outcome.message_status, outcome.held) == (status, held)


def test_the_number_of_the_answer_may_differ_from_the_one_sent_to():
    outcome = read_send_answer(of_example("send_ok_waid_differs"))
    assert isinstance(outcome, Accepted)
    assert outcome.wa_id == "553190000123"


def test_a_person_without_a_visible_number_has_a_user_id():
    body = {"messages": [{"id": "wamid.1"}], "contacts": [{"input": "US.1", "user_id": "US.1"}]}
    assert read_send_answer(answered(body)) == Accepted("wamid.1", "", "US.1")


@pytest.mark.parametrize(
    ("name", "code", "cls"),
    [
        ("err_190_expired", 190, ErrorClass.PAUSE_ACCOUNT),
        ("err_130429", 130429, ErrorClass.THROTTLE_NUMBER),
        ("err_130429_http429", 130429, ErrorClass.THROTTLE_NUMBER),
        ("err_131056", 131056, ErrorClass.PAIR_THROTTLE),
        ("err_131048", 131048, ErrorClass.PAUSE_NUMBER),
        ("err_131047", 131047, ErrorClass.NEEDS_TEMPLATE),
        ("err_131030", 131030, ErrorClass.RECIPIENT_PERMANENT),
        ("err_131042", 131042, ErrorClass.PAUSE_ACCOUNT),
        ("err_132000", 132000, ErrorClass.PAUSE_CAMPAIGN),
        ("err_132001", 132001, ErrorClass.PAUSE_CAMPAIGN),
        ("err_132015", 132015, ErrorClass.PAUSE_CAMPAIGN),
        ("err_10_permission", 10, ErrorClass.PAUSE_ACCOUNT),
        ("err_4_app_limit", 4, ErrorClass.THROTTLE_APP),
        ("err_131000", 131000, ErrorClass.TRANSIENT),
    ],
)
def test_a_graph_error_is_a_refusal_of_the_class_of_its_code(name, code, cls):
    outcome = read_send_answer(of_example(name))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.cls) == (code, cls)
    assert outcome.details
    assert outcome.trace.startswith("A")


def test_a_refusal_keeps_the_wait_the_subcode_and_metas_details():
    assert read_send_answer(of_example("err_130429_http429")).retry_after == 3
    assert read_send_answer(of_example("err_190_expired")).subcode == 463
    details = read_send_answer(of_example("err_132000")).details
    assert details.startswith("body: number of localizable_params")


@pytest.mark.parametrize("status", [200, 400, 429, 500, 503])
def test_the_http_status_decides_nothing(status):
    error = {"error": {"message": "x", "code": 130429, "error_data": "plain words"}}
    refused = read_send_answer(answered(error, status))
    assert (refused.cls, refused.details) == (ErrorClass.THROTTLE_NUMBER, "plain words")
    assert isinstance(read_send_answer(answered({"messages": [{"id": "wamid.1"}]}, status)), Accepted)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b"<html>502 Bad Gateway</html>",
        b"[]",
        b"null",
        b"{}",
        b"[" * 50_000,
        b'{"messages":[]}',
        b'{"messages":[{}]}',
        b'{"messages":[{"id":""}]}',
        b'{"messages":[{"id":null}]}',
        b'{"messages":{"id":"wamid.1"}}',
        b'{"messages":["wamid.1"]}',
        b'{"success":true}',
        b'{"error":"Bad Gateway"}',
        b'{"error":{"message":"no code"}}',
        b'{"error":{"code":"x"}}',
        b'{"error":{"code":true}}',
        b'{"error":{"code":1e99}}',
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("status", [200, 404, 502])
def test_an_answer_without_an_id_or_a_graph_error_is_unknown(body, status):
    assert read_send_answer(answered(body, status)) == Unknown(Doubt.UNREADABLE, status)


def test_a_success_cut_off_is_unknown():
    assert read_send_answer(of_example("ok_truncated")) == Unknown(Doubt.UNREADABLE, 200)


@pytest.mark.parametrize(
    ("problem", "doubt"),
    [
        (Problem.TIMEOUT, Doubt.TIMEOUT),
        (Problem.BROKEN, Doubt.BROKEN),
        (Problem.TOO_BIG, Doubt.TOO_BIG),
        (Problem.CONNECT, Doubt.BROKEN),
    ],
)
def test_no_whole_answer_is_unknown_even_when_what_came_reads_like_one(problem, doubt):
    said = Answer(None, Fate.UNKNOWN, 200, b'{"messages":[{"id":"wamid.1"}]}', 0, problem)
    assert read_send_answer(said) == Unknown(doubt, 200)


def test_what_was_not_written_was_not_sent():
    said = Answer(None, Fate.NOT_SENT, problem=Problem.CONNECT)
    assert read_send_answer(said) == NotSent(Problem.CONNECT)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda part: (
            st.lists(part)
            | st.dictionaries(
                st.sampled_from(["error", "messages", "contacts", "code", "id", "error_data"]), part
            )
        ),
    )
)
def test_no_json_breaks_it(body):
    assert isinstance(read_send_answer(answered(body)), Accepted | Refused | Unknown)
