import pytest

from tests.cloud import example
from webapp.providers.cloud.errors import account, messages, pace, recipients, setup
from webapp.providers.cloud.errors.table import TABLE, classify, explain
from webapp.providers.errors import PAUSING, RETRYABLE, ErrorClass

CODES = example("error_codes")


def test_the_classes_are_those_of_the_wire_reference():
    assert {str(cls) for cls in ErrorClass} == set(CODES["classes"])


@pytest.mark.parametrize("row", CODES["codes"], ids=lambda row: str(row["code"]))
def test_every_known_code_has_its_class_and_says_what_happened_and_what_to_do(row):
    assert classify(row["code"]) == row["class"]
    words = TABLE[row["code"]]
    assert words.cls == row["class"]
    for sentence in (words.happened, words.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert str(row["code"]) not in sentence
        assert "%" not in sentence


def test_no_code_is_told_twice():
    assert len(TABLE) == sum(len(part.ROWS) for part in (account, messages, pace, recipients, setup))
    older_and_from_the_subscription = {131019, 2200}
    assert set(TABLE) - {row["code"] for row in CODES["codes"]} == older_and_from_the_subscription
    assert explain(131019).happened == explain(131026).happened


def test_what_comes_back_and_what_waits_for_a_person_do_not_overlap():
    assert not RETRYABLE & PAUSING
    assert explain(130429).retryable
    assert not explain(190).retryable
    assert not explain(131049).retryable


def test_a_code_nobody_knows_fails_its_message_and_is_not_tried_again():
    words = explain(999999)
    assert (words.code, words.cls, words.retryable) == (999999, ErrorClass.MESSAGE_INVALID, False)
    assert words.happened
    assert words.advice


@pytest.mark.parametrize("code", [200, 210, 299])
def test_all_permission_errors_pause_the_account(code):
    assert classify(code) is ErrorClass.PAUSE_ACCOUNT


def test_an_unknown_object_is_a_wrong_number_id():
    assert classify(100, subcode=33, status=400) is ErrorClass.PAUSE_NUMBER
    assert classify(100, subcode=2388024, status=400) is ErrorClass.MESSAGE_INVALID


@pytest.mark.parametrize(
    ("code", "status", "is_transient", "cls"),
    [
        (1, 500, False, ErrorClass.TRANSIENT),
        (1, 400, True, ErrorClass.TRANSIENT),
        (1, 400, False, ErrorClass.MESSAGE_INVALID),
        (999999, 500, True, ErrorClass.TRANSIENT),
        (999999, 400, True, ErrorClass.MESSAGE_INVALID),
        (999999, 500, False, ErrorClass.MESSAGE_INVALID),
        (4, 503, True, ErrorClass.THROTTLE_APP),
        (130429, 500, True, ErrorClass.THROTTLE_NUMBER),
        (130429, 200, False, ErrorClass.THROTTLE_NUMBER),
    ],
)
def test_metas_own_word_that_it_passes_counts_with_a_server_error(code, status, is_transient, cls):
    assert classify(code, None, status, is_transient) is cls
