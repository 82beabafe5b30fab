"""The pace of a number: never above its limit in any second, close to it while there is work, slower when refused."""

import uuid
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from tests.people import Person
from webapp import broker
from webapp.sending.pace import Pace
from webapp.services import slowness

FUNCTION_SCOPED = [HealthCheck.function_scoped_fixture]


class Clock:
    """Milliseconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000.0

    def __call__(self) -> float:
        return self.now


def most_in_a_second(grants: list[tuple[float, int]]) -> int:
    """The most tokens in any half-open second."""
    most, start, held = 0, 0, 0
    for at, tokens in grants:
        held += tokens
        while grants[start][0] <= at - 1000:
            held -= grants[start][1]
            start += 1
        most = max(most, held)
    return most


def busy(
    senders: list[Pace], clock: Clock, number: uuid.UUID, per_second: int, seconds: float, late: float = 0
) -> list[tuple[float, int]]:
    """Grants of senders that always want more and ask as soon as it is worth it, or so many milliseconds late."""
    grants, end, turn = [], clock.now + seconds * 1000, 0
    while clock.now < end:
        grant = senders[turn % len(senders)].take(number, 64, per_second)
        turn += 1
        if grant.tokens:
            grants.append((clock.now, grant.tokens))
        clock.now += max(0.5, grant.wait * 1000) + late
    return grants


@settings(max_examples=40, deadline=None, suppress_health_check=FUNCTION_SCOPED)
@given(
    per_second=st.sampled_from([1, 2, 7, 20, 39, 40, 41, 80, 250, 1000]),
    asks=st.lists(
        st.tuples(st.floats(0, 1500), st.integers(0, 2), st.integers(1, 200), st.booleans()), max_size=60
    ),
)
def test_no_second_has_more_than_the_limit_whoever_asks_whenever(
    owner: Person, per_second: int, asks: list[tuple[float, int, int, bool]]
) -> None:
    clock, number = Clock(), uuid.uuid4()
    senders = [Pace(broker.redis(), clock) for _ in range(3)]
    grants = []
    for wait, who, wanted, is_forgotten in asks:
        clock.now += wait if wait > 40 else wait / 8
        if is_forgotten and wait > 1400:
            broker.redis().delete(f"pace:{number}")  # as after a FLUSHALL
        grant = senders[who].take(number, wanted, per_second)
        assert grant.tokens <= wanted
        # A burst is one message, or less than a twentieth of the limit.
        assert grant.tokens <= max(1, 0.05 * per_second)
        grants.append((clock.now, grant.tokens))
    assert most_in_a_second(grants) <= per_second


@pytest.mark.parametrize("per_second", [1, 3, 10, 39, 40, 80, 333, 1000])
@pytest.mark.parametrize("late", [0, 15])
def test_while_there_is_work_it_sends_close_to_the_limit_and_never_above(
    owner: Person, per_second: int, late: float
) -> None:
    clock, number = Clock(), uuid.uuid4()
    seconds = 60 if per_second < 40 else 4
    senders = [Pace(broker.redis(), clock) for _ in range(3)]
    busy(senders, clock, number, per_second, 1.5, late)
    grants = busy(senders, clock, number, per_second, seconds, late)
    assert most_in_a_second(grants) <= per_second
    assert sum(tokens for _, tokens in grants) >= 0.97 * per_second * seconds - 1


def test_a_refusal_halves_the_pace_at_once_and_it_grows_back_in_steps(owner: Person) -> None:
    number = uuid.uuid4()
    assert slowness.slow_down(broker.redis(), [number], 130429) == 0.5
    # The other messages of the same window are refused, too: that is one halving.
    assert slowness.slow_down(broker.redis(), [number], 130429) == 0.5
    state = slowness.of(broker.redis(), number)
    assert state is not None
    clock = Clock()
    rates = []
    for _ in range(8):
        clock.now = state.since.timestamp() * 1000 + len(rates) * slowness.RECOVERY_SECONDS * 1000 + 1
        at_first = clock.now
        tokens = sum(count for _, count in busy([Pace(broker.redis(), clock)], clock, number, 100, 4))
        rates.append(tokens / (clock.now - at_first) * 1000)
    assert rates[0] == pytest.approx(50, rel=0.06)
    assert all(after >= before - 1 for before, after in pairwise(rates))
    assert rates[5] == pytest.approx(100, rel=0.06)


def test_a_second_refusal_halves_again_down_to_a_floor(owner: Person) -> None:
    number, redis = uuid.uuid4(), broker.redis()
    shares = []
    for _ in range(8):
        shares.append(slowness.slow_down(redis, [number], 130429))
        redis.hincrbyfloat(slowness.key(number), "at", -2000)
        redis.hset(slowness.key(number), "since", redis.hget(slowness.key(number), "at"))  # type: ignore[arg-type]
    assert shares[:3] == [0.5, 0.25, 0.125]
    assert shares[-1] == slowness.SLOWEST


def test_nothing_is_sent_while_the_provider_asks_to_wait(owner: Person) -> None:
    number, clock = uuid.uuid4(), Clock()
    pace = Pace(broker.redis(), clock)
    slowness.slow_down(broker.redis(), [number], 130429, hold_seconds=3)
    state = slowness.of(broker.redis(), number)
    assert state is not None
    clock.now = state.at.timestamp() * 1000 + 10
    assert busy([pace], clock, number, 80, 2.5) == []
    clock.now = state.since.timestamp() * 1000 + 1
    grants = busy([pace], clock, number, 80, 4)
    assert sum(tokens for _, tokens in grants) == pytest.approx(160, rel=0.06)


def test_a_clock_that_goes_back_stops_nobody_and_frees_nobody(owner: Person) -> None:
    number, clock = uuid.uuid4(), Clock()
    pace = Pace(broker.redis(), clock)
    busy([pace], clock, number, 80, 1)
    clock.now -= 3_600_000
    grants = busy([pace], clock, number, 80, 3)
    assert most_in_a_second(grants) <= 80
    assert sum(tokens for _, tokens in grants) > 220


def test_without_redis_each_sender_keeps_to_a_small_share(owner: Person) -> None:
    nobody = Redis(host="127.0.0.1", port=9, socket_connect_timeout=0.2)
    pace, number = Pace(nobody), uuid.uuid4()
    assert sum(pace.take(number, 1000, 80).tokens for _ in range(200)) <= 8
    assert pace.take(number, 1000, 80).wait > 0
    assert slowness.slow_down(nobody, [number], 130429) is None
    assert slowness.of(nobody, number) is None
