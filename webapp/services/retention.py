"""Retention: what is kept for a time only, in every tenant. The application role may change no audit log."""

import time
from typing import Final

from sqlalchemy import TextClause, text

from webapp.db import as_owner
from webapp.models.events import IS_FLEETING
from webapp.services import idempotency

AUDIT_DAYS: Final = 400
EVENT_DAYS: Final = 30
# Most rows of the outbox are figures that move: about one a second for each campaign that runs, one for each try.
FLEETING_DAYS: Final = 1
REFUSED_DAYS: Final = 90
WEBHOOK_LOG_DAYS: Final = 30
# Drawn for a day, judged by five minutes.
WEBHOOK_MINUTE_DAYS: Final = 2
# Of each tenant, or import, the oldest: nothing that stays is read, and no round of the clock takes long.
AT_ONCE: Final = 5_000
SECONDS: Final = 1.0


def _oldest(table: str, which: str = "true") -> TextClause:
    """By the key, which is as old as its row (UUIDv7)."""
    return text(
        f"""
delete from {table} gone using (
  select oldest.tenant_id, oldest.id from tenants t cross join lateral (
    select tenant_id, id, created_at from {table} r where r.tenant_id = t.id and {which}
    order by r.id limit :most) as oldest
  where oldest.created_at < now() - make_interval(days => :days)) as old
where gone.tenant_id = old.tenant_id and gone.id = old.id
"""
    )


_REFUSED: Final = text(
    """
delete from import_rows gone using (
  select first.tenant_id, first.import_run_id, first.row_number from import_runs i cross join lateral (
    select tenant_id, import_run_id, row_number from import_rows r
    where r.tenant_id = i.tenant_id and r.import_run_id = i.id order by r.row_number limit :most) as first
  where i.completed_at < now() - make_interval(days => :days)) as old
where gone.tenant_id = old.tenant_id and gone.import_run_id = old.import_run_id and gone.row_number = old.row_number
"""
)

_MINUTES: Final = text(
    """
delete from webhook_minutes gone using (
  select first.tenant_id, first.webhook_id, first.minute from webhooks w cross join lateral (
    select tenant_id, webhook_id, minute from webhook_minutes m
    where m.tenant_id = w.tenant_id and m.webhook_id = w.id and m.minute < now() - make_interval(days => :days)
    order by m.minute limit :most) as first) as old
where gone.tenant_id = old.tenant_id and gone.webhook_id = old.webhook_id and gone.minute = old.minute
"""
)

_ASKED: Final = text(
    """
delete from idempotent_requests gone using (
  select first.tenant_id, first.api_key_id, first.key from tenants t cross join lateral (
    select tenant_id, api_key_id, key from idempotent_requests r
    where r.tenant_id = t.id and r.started_at < now() - make_interval(days => :days)
    order by r.started_at limit :most) as first) as old
where gone.tenant_id = old.tenant_id and gone.api_key_id = old.api_key_id and gone.key = old.key
"""
)

_KEPT: Final = (
    (_oldest("audit_log"), AUDIT_DAYS),
    (_oldest("events"), EVENT_DAYS),
    (_oldest("events", IS_FLEETING), FLEETING_DAYS),
    (_ASKED, idempotency.KEPT.days),
    (_REFUSED, REFUSED_DAYS),
    (_oldest("webhook_logs"), WEBHOOK_LOG_DAYS),
    (_MINUTES, WEBHOOK_MINUTE_DAYS),
)


def forget_old() -> int:
    """Take away what is past its time, or some thousands of each kind when that takes long; how many."""
    end = time.monotonic() + SECONDS
    return sum(_forget(statement, days, end) for statement, days in _KEPT)


def _forget(statement: TextClause, days: int, end: float) -> int:
    """Once in any case, and again while there may be more and it is not `end`."""
    forgotten = 0
    while True:
        with as_owner() as connection:
            gone = connection.execute(statement, {"most": AT_ONCE, "days": days}).rowcount
        forgotten += gone
        if gone < AT_ONCE or time.monotonic() > end:
            return forgotten
