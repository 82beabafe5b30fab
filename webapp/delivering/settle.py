"""Settle: write what became of some tries of one tenant, judge their endpoints and tell of it, in one commit."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text

from webapp import arrays
from webapp.db import act_for, db
from webapp.delivering import endpoints
from webapp.delivering.landed import Landed
from webapp.domain import as_json
from webapp.services import webhook_health
from webapp.services.events import emit_all

# First of all, and in order: two workers that settle for one endpoint go one after the other, and so do its events.
_HOLD: Final = text(
    """
select from webhooks where tenant_id = :tenant_id and id = any (cast(:webhook_ids as uuid[]))
order by id for no key update
"""
)

_TRIES: Final = """
unnest(cast(:log_ids as uuid[]), cast(:numbers as int[]), cast(:codes as int[]), cast(:successes as bool[]),
  cast(:durations as int[]), cast(:waits as float8[]), cast(:responses as text[]), cast(:errors as text[]))
  as t (log_id, number, code, success, duration, wait, response, error)
"""

# A try has a duration as soon as its outcome is known, and what is known is not written again. The logs are locked
# before their tries, as a claim does it.
_ATTEMPTS: Final = text(
    f"""
with held as materialized (
  select id from webhook_logs where tenant_id = :tenant_id and id = any (cast(:log_ids as uuid[]))
  order by id for no key update
)
update webhook_attempts a set status_code = t.code, duration_ms = t.duration, response = t.response,
  error_message = t.error, completed_at = now(), updated_at = now()
from held join {_TRIES} on t.log_id = held.id
where a.tenant_id = :tenant_id and a.webhook_log_id = any (cast(:log_ids as uuid[]))
  and a.webhook_log_id = t.log_id and a.number = t.number and a.duration_ms is null
returning a.webhook_log_id, a.number
"""
)

# A success counts whenever it is heard of; a failure only of the newest try, for another may be under way.
_LOGS: Final = text(
    f"""
update webhook_logs l set status_code = t.code, response = t.response, error_message = t.error, success = t.success,
  failed_count = l.failed_count + (not t.success)::int, unknown_count = 0, updated_at = now(),
  next_attempt_at = case when not t.success then now() + make_interval(secs => t.wait) end,
  completed_at = case when t.success or t.wait is null then now() end
from {_TRIES}
where l.tenant_id = :tenant_id and l.id = any (cast(:log_ids as uuid[])) and l.id = t.log_id
  and l.completed_at is null and (t.success or l.attempt_count = t.number)
"""
)


def settle(tenant_id: uuid.UUID, tries: Sequence[Landed]) -> None:
    """Write all of it or nothing; what stands written already is passed over, so the same tries may be brought again.

    An endpoint that is gone is switched off, unless it has another address by now.
    """
    act_for(tenant_id)
    endpoint_ids = arrays.plain({one.post.webhook_id for one in tries})
    db.session.execute(_HOLD, {"tenant_id": tenant_id, "webhook_ids": endpoint_ids})
    if news := _written(tenant_id, tries):
        endpoints.judge(tenant_id, news)
        db.session.execute(_LOGS, _columns(tenant_id, _one_each(news)))
        emit_all(tenant_id, "webhook_triggered", [(one.post.webhook_id, _told(one)) for one in news])
    db.session.commit()
    _switch_off_gone(tenant_id, tries)


def _written(tenant_id: uuid.UUID, tries: Sequence[Landed]) -> list[Landed]:
    """Write the outcome of each try; returns those of which it was not known."""
    rows = db.session.execute(_ATTEMPTS, _columns(tenant_id, tries))
    news = {(row.webhook_log_id, row.number) for row in rows}
    return [one for one in tries if (one.post.log_id, one.post.number) in news]


def _one_each(tries: Sequence[Landed]) -> list[Landed]:
    """What counts for each event: its success, if one of several tries brought it, else its newest try."""
    in_order = sorted(tries, key=lambda one: (one.outcome.success, one.post.number))
    return list({one.post.log_id: one for one in in_order}.values())


def _switch_off_gone(tenant_id: uuid.UUID, tries: Sequence[Landed]) -> None:
    gone = {(one.post.webhook_id, one.post.url) for one in tries if one.outcome.is_gone}
    for webhook_id, url in sorted(gone):
        webhook_health.switch_off(tenant_id, webhook_id, "gone", url)


def _columns(tenant_id: uuid.UUID, tries: Sequence[Landed]) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "log_ids": arrays.plain(one.post.log_id for one in tries),
        "numbers": arrays.plain(one.post.number for one in tries),
        "codes": arrays.plain(one.outcome.status_code for one in tries),
        "successes": arrays.plain(one.outcome.success for one in tries),
        "durations": arrays.plain(one.outcome.duration_ms for one in tries),
        "waits": arrays.plain(one.wait for one in tries),
        "responses": arrays.texts(one.outcome.response for one in tries),
        "errors": arrays.texts(one.outcome.error for one in tries),
    }


def _told(one: Landed) -> dict[str, Any]:
    return {
        "webhookId": str(one.post.webhook_id),
        "logId": str(one.post.log_id),
        "event": one.post.event,
        "eventId": as_json.key(one.post.event_id),
        "attempt": one.post.number,
        "success": one.outcome.success,
        "statusCode": one.outcome.status_code,
        "error": one.outcome.error,
    }
