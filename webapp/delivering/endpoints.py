"""Endpoints: how each has done lately, and when one is left alone for a while (a circuit breaker).

It rests when most of its last tries failed, 30 seconds at first and twice as long each time, up to an hour. After it
one event is tried: a success ends it for good, a failure begins the next. A test does not wait for the end of a rest:
its success ends it, its failure changes nothing.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from webapp import arrays, broker
from webapp.db import db, on_commit_once
from webapp.delivering.landed import Landed
from webapp.domain.events import TEST_EVENT

LEAST_TRIES: Final = 10
FAILING_SHARE: Final = 0.7
FIRST_REST_SECONDS: Final = 30
LONGEST_REST_SECONDS: Final = 3600

_COUNT: Final = text(
    """
insert into webhook_minutes as m (tenant_id, webhook_id, minute, tries, failures, answered, duration_ms)
select w.tenant_id, w.id, date_trunc('minute', now()), t.tries, t.failures, t.answered, t.duration_ms
from unnest(cast(:ids as uuid[]), cast(:tries as int[]), cast(:failures as int[]), cast(:answered as int[]),
  cast(:durations as bigint[])) as t (id, tries, failures, answered, duration_ms)
join webhooks w on w.tenant_id = :tenant_id and w.id = t.id
on conflict (tenant_id, webhook_id, minute) do update set tries = m.tries + excluded.tries,
  failures = m.failures + excluded.failures, answered = m.answered + excluded.answered,
  duration_ms = m.duration_ms + excluded.duration_ms
"""
)

# An answer that was on its way when the rest began does not end it.
_WELL: Final = text(
    """
update webhooks set failing_since = null, rest_count = case when rests_until > now() then rest_count else 0 end
where tenant_id = :tenant_id and id = any (cast(:ids as uuid[]))
  and (failing_since is not null or (rest_count > 0 and coalesce(rests_until <= now(), true)))
"""
)

_PROVED: Final = text(
    """
update webhooks set rest_count = 0, rests_until = now()
where tenant_id = :tenant_id and id = any (cast(:ids as uuid[])) and rests_until > now()
"""
)

_ILL: Final = text(
    """
update webhooks set failing_since = now()
where tenant_id = :tenant_id and id = any (cast(:ids as uuid[])) and failing_since is null
"""
)

# Judged by five minutes, the present one with them, but by nothing that was before its last rest.
_REST: Final = text(
    """
update webhooks w set rest_count = w.rest_count + 1,
  rests_until = now() + make_interval(secs => least(cast(:longest as float8), :first * 2.0 ^ least(w.rest_count, 20)))
where w.tenant_id = :tenant_id and w.id = any (cast(:ids as uuid[])) and coalesce(w.rests_until <= now(), true)
  and (w.rest_count > 0 or exists (
    select from webhook_minutes m where m.tenant_id = w.tenant_id and m.webhook_id = w.id
      and m.minute >= greatest(date_trunc('minute', now()) - interval '4 minutes', w.rests_until)
    having sum(m.tries) >= :least and sum(m.failures) >= :share * sum(m.tries)))
"""
)

_ASKED: Final = text(
    """
update webhooks w set rests_until = greatest(w.rests_until, now() + make_interval(secs => t.seconds))
from unnest(cast(:ids as uuid[]), cast(:seconds as int[])) as t (id, seconds)
where w.tenant_id = :tenant_id and w.id = any (cast(:ids as uuid[])) and w.id = t.id
"""
)


@dataclass(slots=True)
class _Counts:
    """A test is what a person makes to see whether it works: `failed_events` are no tests, `proofs` are tests that
    arrived."""

    tries: int = 0
    failures: int = 0
    failed_events: int = 0
    proofs: int = 0
    answered: int = 0
    duration_ms: int = 0
    asked_to_wait: int = 0


def judge(tenant_id: uuid.UUID, landed: Sequence[Landed]) -> None:
    """Count these tries, and let endpoints rest that fail or ask for it. Part of the transaction that settles
    them, which holds the endpoints' rows."""
    found = _counted(landed)
    counts = list(found.values())
    _tell(
        _COUNT,
        tenant_id,
        found,
        tries=arrays.plain(one.tries for one in counts),
        failures=arrays.plain(one.failures for one in counts),
        answered=arrays.plain(one.answered for one in counts),
        durations=arrays.plain(one.duration_ms for one in counts),
    )
    _tell(_WELL, tenant_id, [key for key, one in found.items() if one.failures < one.tries])
    if proved := [key for key, one in found.items() if one.proofs]:
        _tell(_PROVED, tenant_id, proved)
        on_commit_once(broker.ring, "deliver_webhooks")
    failed = [key for key, one in found.items() if one.failed_events]
    _tell(_ILL, tenant_id, [key for key in failed if found[key].failures == found[key].tries])
    limits = {"least": LEAST_TRIES, "share": FAILING_SHARE, "first": FIRST_REST_SECONDS}
    _tell(_REST, tenant_id, failed, longest=LONGEST_REST_SECONDS, **limits)
    asked = {
        key: min(one.asked_to_wait, LONGEST_REST_SECONDS) for key, one in found.items() if one.asked_to_wait
    }
    _tell(_ASKED, tenant_id, asked, seconds=arrays.plain(asked.values()))


def _counted(landed: Sequence[Landed]) -> dict[uuid.UUID, _Counts]:
    found: dict[uuid.UUID, _Counts] = {}
    for one in landed:
        counts = found.setdefault(one.post.webhook_id, _Counts())
        counts.tries += 1
        is_test = one.post.event == TEST_EVENT
        counts.failures += not one.outcome.success
        counts.failed_events += not is_test and not one.outcome.success
        counts.proofs += is_test and one.outcome.success
        if one.outcome.status_code is not None:
            counts.answered += 1
            counts.duration_ms += one.outcome.duration_ms
        counts.asked_to_wait = max(counts.asked_to_wait, one.outcome.retry_after)
    return found


def _tell(statement: Any, tenant_id: uuid.UUID, ids: Iterable[uuid.UUID], **given: object) -> None:
    ids = list(ids)
    if ids:
        db.session.execute(statement, {"tenant_id": tenant_id, "ids": arrays.plain(ids)} | given)
