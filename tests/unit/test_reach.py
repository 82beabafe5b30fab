"""How much is risked on a provider, by how it answered."""

import pytest

from webapp.sending import reach
from webapp.sending.reach import Reach


def test_a_provider_that_answers_is_trusted_with_more_each_time() -> None:
    one = Reach()
    for _ in range(10):
        one.answered(is_whole=True)
    assert one.limit == reach.MOST
    one.answered(is_whole=False)
    assert one.limit == reach.MOST // 4


def test_a_doubt_before_an_outage_does_not_hide_it(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Reach()
    assert one.silent(doubts=1) == 0
    assert [one.silent(doubts=0) for _ in range(5)] == [1, 4, 16, 60, 60]
    assert one.given_up is None
    monkeypatch.setattr(reach, "PATIENCE_SECONDS", 0)
    assert one.given_up == "unreachable"


def test_doubt_after_doubt_ends_in_a_question_to_a_person() -> None:
    one = Reach()
    rests = [one.silent(doubts=1) for _ in range(reach.MOST_IN_DOUBT)]
    assert rests[: reach.SOME_IN_DOUBT - 1] == [0] * (reach.SOME_IN_DOUBT - 1)
    assert rests[-1] == reach.PAUSES[-1]
    assert (one.limit, one.given_up) == (reach.FEWEST, "unclear_answers")


def test_one_clear_answer_forgets_it_all() -> None:
    one = Reach()
    for _ in range(reach.MOST_IN_DOUBT):
        one.silent(doubts=1)
    one.answered(is_whole=False)
    assert (one.given_up, one.in_doubt, one.silences) == (None, 0, 0)
