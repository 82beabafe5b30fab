import pytest

from webapp.domain.retries import JITTER, LONGEST_WAIT, SCHEDULE, next_try

HOUR = 3600


def test_the_tries_are_those_that_are_promised() -> None:
    hours = (2, 5, 10, 14, 20, 24)
    assert (0, 5, 300, 1800, *(hour * HOUR for hour in hours)) == SCHEDULE


@pytest.mark.parametrize("failed", range(1, 10))
def test_each_wait_is_a_fifth_longer_or_shorter_by_chance(failed: int) -> None:
    waits = [next_try(SCHEDULE, failed) or 0 for _ in range(300)]
    planned = SCHEDULE[failed]
    assert planned * (1 - JITTER) <= min(waits) < planned * 0.9
    assert planned * 1.1 < max(waits) <= planned * (1 + JITTER)


def test_after_the_tenth_there_is_no_other() -> None:
    assert next_try(SCHEDULE, 9) is not None
    assert next_try(SCHEDULE, 10) is None
    assert next_try(SCHEDULE, 11) is None


def test_a_receiver_is_never_asked_sooner_than_it_wants_but_within_a_day() -> None:
    assert next_try(SCHEDULE, 1, retry_after=600) == 600
    assert next_try(SCHEDULE, 1, retry_after=10 * LONGEST_WAIT) == LONGEST_WAIT
    assert (next_try(SCHEDULE, 9, retry_after=1) or 0) > 1
