"""Who is claimed for next: a dead, slow or greedy endpoint takes nothing from the others."""

import time
import uuid
from collections import Counter

from webapp.delivering.agenda import Due
from webapp.delivering.reach import FIRST, MOST, MOST_WHEN_SLOW, Reach
from webapp.delivering.turns import MOST_IN_AIR, MOST_SLOW, MOST_TENANTS, Turns


def due(tenants: int, endpoints: int = 1) -> list[Due]:
    return [
        Due(tenant, uuid.uuid4())
        for tenant in (uuid.uuid4() for _ in range(tenants))
        for _ in range(endpoints)
    ]


def fly(turns: Turns, seconds_ago: float = 0) -> Counter[uuid.UUID]:
    """Let all that is asked for be in the air; how many posts of each tenant that were."""
    flown: Counter[uuid.UUID] = Counter()
    for ask in turns.asks():
        for webhook_id, room in ask.rooms.items():
            for _ in range(room):
                turns.reach(webhook_id).in_air[uuid.uuid4()] = time.monotonic() - seconds_ago
            flown[ask.tenant_id] += room
    return flown


def prove(reach: Reach, answers: int = 10) -> None:
    for _ in range(answers):
        log_id = uuid.uuid4()
        reach.started(log_id)
        reach.landed(log_id, success=True, was_answered=True)
    reach.unwritten = 0


def test_an_unknown_endpoint_begins_with_few_and_a_quick_one_gets_more() -> None:
    reach = Reach()
    assert reach.room() == FIRST
    prove(reach)
    assert reach.room() == MOST


def test_a_slow_one_never_gets_many_and_a_failing_one_gets_one() -> None:
    reach = Reach()
    for _ in range(20):
        reach.in_air[log_id := uuid.uuid4()] = time.monotonic() - 5
        reach.landed(log_id, success=True, was_answered=True)
    assert reach.limit == MOST_WHEN_SLOW
    for _ in range(5):
        reach.started(log_id)
        reach.landed(log_id, success=False, was_answered=False)
    assert reach.limit == 1


def test_one_that_hangs_is_slow_before_its_post_is_given_up() -> None:
    reach = Reach()
    prove(reach)
    assert reach.is_quick(time.monotonic())
    reach.in_air[uuid.uuid4()] = time.monotonic() - 2
    assert not reach.is_quick(time.monotonic())


def test_a_thousand_dead_endpoints_leave_half_of_the_air_to_those_that_answer() -> None:
    turns, dead, quick = Turns(), due(1000), due(4)
    for one in quick:
        prove(turns.reach(one.webhook_id))
    turns.find(dead)
    for _ in range(100):
        fly(turns, seconds_ago=3)
    assert sum(len(turns.reach(one.webhook_id).in_air) for one in dead) == MOST_SLOW
    turns.find([*dead, *quick])
    for _ in range(100):
        fly(turns)
    assert all(len(turns.reach(one.webhook_id).in_air) >= MOST // 2 for one in quick)


def test_the_air_is_never_fuller_than_it_may_be() -> None:
    turns, many = Turns(), due(60)
    for one in many:
        prove(turns.reach(one.webhook_id))
    turns.find(many)
    for _ in range(50):
        fly(turns)
    assert sum(len(turns.reach(one.webhook_id).in_air) for one in many) == MOST_IN_AIR


def test_tenants_take_turns_however_many_endpoints_one_has() -> None:
    turns = Turns()
    large, small = due(1, 100), due(30)
    turns.find([*large, *small])
    flown: Counter[uuid.UUID] = Counter()
    for _ in range(2):
        flown += fly(turns)
    assert len(flown) == min(31, 2 * MOST_TENANTS)
    assert flown[large[0].tenant_id] <= MOST_SLOW // 4


def test_the_endpoints_of_a_tenant_take_turns() -> None:
    turns, found = Turns(), due(1, 300)
    turns.find(found)
    seen: set[uuid.UUID] = set()
    for _ in range(40):
        for ask in turns.asks():
            seen |= set(ask.rooms)
            for webhook_id in ask.rooms:
                turns.reach(webhook_id).in_air.clear()
        turns.find(found)
    assert seen == {one.webhook_id for one in found}


def test_one_that_rested_is_asked_with_one_event() -> None:
    turns, (one,) = Turns(), due(1)
    prove(turns.reach(one.webhook_id))
    turns.find([Due(one.tenant_id, one.webhook_id, is_probed=True)])
    assert fly(turns) == {one.tenant_id: 1}
    assert fly(turns) == {}


def test_whoever_has_nothing_more_is_not_asked_again() -> None:
    turns, found = Turns(), due(1, 2)
    turns.find(found)
    for one in found:
        turns.served(one.tenant_id, one.webhook_id)
    assert not turns
    assert turns.asks() == []
