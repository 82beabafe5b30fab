"""How much is risked on a provider, by how it answered."""

import time

import pytest

from webapp.sending import reach
from webapp.sending.reach import Reach

# When windows left: before, or after their provider was known to be silent.
NOW = time.monotonic()
LATER = NOW + 3600


def test_a_provider_that_answers_is_trusted_with_more_each_time() -> None:
    one = Reach()
    for _ in range(10):
        one.answered(is_whole=True)
    assert one.limit == reach.MOST
    one.answered(is_whole=False)
    assert one.limit == reach.MOST // 4


def test_a_doubt_before_an_outage_does_not_hide_it(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Reach()
    assert one.silent(1, NOW) == 0
    assert [one.silent(0, NOW) for _ in range(5)] == [1, 4, 16, 60, 60]
    assert one.given_up is None
    monkeypatch.setattr(reach, "PATIENCE_SECONDS", 0)
    assert one.given_up == "unreachable"


def test_doubt_after_doubt_ends_in_a_question_to_a_person() -> None:
    one = Reach()
    rests = [one.silent(1, LATER) for _ in range(reach.SOME_IN_DOUBT + reach.MOST_RISKED)]
    assert rests[: reach.SOME_IN_DOUBT - 1] == [0] * (reach.SOME_IN_DOUBT - 1)
    assert rests[-1] == reach.PAUSES[-1]
    assert (one.limit, one.given_up) == (reach.FEWEST, "unclear_answers")


def test_all_that_was_in_the_air_when_a_provider_began_to_hang_is_one_reason_to_wait() -> None:
    one = Reach(limit=reach.MOST)
    assert one.silent(56, NOW) == reach.PAUSES[0]
    assert one.silent(56, NOW) == reach.PAUSES[1]
    assert one.given_up is None


def test_one_clear_answer_forgets_it_all() -> None:
    one = Reach()
    for _ in range(reach.SOME_IN_DOUBT + reach.MOST_RISKED):
        one.silent(1, LATER)
    one.answered(is_whole=False)
    assert (one.given_up, one.in_doubt, one.risked, one.silences) == (None, 0, 0, 0)
