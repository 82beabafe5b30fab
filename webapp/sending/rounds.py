"""Rounds: what the clock looks after in all tenants' campaigns, as the owner. Each round may run twice, on two clocks.

PostgreSQL's own time decides, so a machine whose clock is wrong starts and sweeps nothing early.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from webapp.db import act_for, as_owner, db
from webapp.domain.errors import Refusal
from webapp.sending import sweep
from webapp.services import counts
from webapp.services.campaigns import breaker, progressed

log = logging.getLogger(__name__)

# A start that was missed by more than this (the server was down over it) is held, and a person is asked.
LATE_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Found:
    """A campaign that needs something."""

    tenant_id: uuid.UUID
    campaign_id: uuid.UUID
    status: str


_DUE: Final = text(
    f"""
select tenant_id, id as campaign_id,
  case when scheduled_at < now() - interval '{LATE_MINUTES} minutes' then 'late' else 'due' end as status
from campaigns where status = 'scheduled' and deleted_at is null and scheduled_at <= now()
"""
)

_PREPARING: Final = text(
    "select tenant_id, id as campaign_id, status from campaigns where status = 'preparing'"
)

_UNFINISHED: Final = text(
    "select tenant_id, id as campaign_id, status from campaigns where status in ('scheduled', 'preparing', 'running')"
)

# At rest: nothing pending in the counts of a running campaign, or still pending in one that was cancelled.
_RESTING: Final = text(
    """
select tenant_id, id as campaign_id, status from campaigns
where status in ('running', 'paused', 'cancelled') and first_number is not null
  and (total_recipients > sent_count + failed_count + uncertain_count + skipped_count + cancelled_count)
    = (status = 'cancelled')
  and not exists (select from sendings_again a where a.tenant_id = campaigns.tenant_id
    and a.campaign_id = campaigns.id and a.finished_at is null)
"""
)

# As services/campaigns/breaker judges once more, exactly; here by the folded counts, which lag a second.
_FAILING: Final = text(
    """
select c.tenant_id, c.id as campaign_id, c.status from campaigns c join tenants t on t.id = c.tenant_id
where c.status = 'running' and c.deleted_at is null
  and c.sent_count - c.judged_sent + c.failed_count - c.judged_failed >= :least
  and (c.failed_count - c.judged_failed) * 100::bigint
    > t.failure_limit * (c.sent_count - c.judged_sent + c.failed_count - c.judged_failed)
"""
)

_MOVED: Final = text(
    """
select distinct tenant_id, campaign_id, '' as status from campaign_counts
where sent_count <> 0 or delivered_count <> 0 or read_count <> 0 or failed_count <> 0 or uncertain_count <> 0
  or skipped_count <> 0 or cancelled_count <> 0
"""
)

_SAMPLE: Final = text(
    """
insert into campaign_samples (tenant_id, campaign_id, sent_count, delivered_count, read_count)
select tenant_id, id, sent_count, delivered_count, read_count from campaigns
where tenant_id = :tenant_id and id = :campaign_id
  and not exists (select from campaign_samples s where s.tenant_id = :tenant_id and s.campaign_id = :campaign_id
                  and s.at > now() - interval '4 seconds')
on conflict do nothing
"""
)

_WORKING: Final = text(
    """
select exists (
  select from campaigns c where c.status = 'running' and c.deleted_at is null and (
    exists (select from send_batches b where b.tenant_id = c.tenant_id and b.campaign_id = c.id and b.status = 'free')
    or exists (select from send_retries t where t.tenant_id = c.tenant_id and t.campaign_id = c.id
               and t.number is null and t.not_before <= now())))
"""
)


def due() -> list[Found]:
    """Scheduled campaigns whose time has come; status `late` for those that were missed."""
    return _find(_DUE)


def preparing() -> list[Found]:
    """Campaigns whose bell for the planner may have been lost."""
    return _find(_PREPARING)


def resting() -> list[Found]:
    """Running campaigns with nothing pending, and cancelled ones with something."""
    return _find(_RESTING)


def failing() -> list[Found]:
    """Running campaigns of which more fail than their tenant allows."""
    return _find(_FAILING.bindparams(least=breaker.LEAST_OUTCOMES))


def unfinished() -> list[Found]:
    """Campaigns that send, or will by themselves."""
    return _find(_UNFINISHED)


def has_work() -> bool:
    """Whether any sender should be awake."""
    with as_owner() as connection:
        return bool(connection.scalar(_WORKING))


def sweep_all() -> int:
    """Take over every batch whose lease ran out; how many."""
    with as_owner() as connection:
        batches = sweep.overdue(connection)
    taken = 0
    for tenant_id, campaign_id, batch_id in batches:
        try:
            with as_owner() as connection:
                taken += sweep.sweep(connection, tenant_id, campaign_id, batch_id)
        except SQLAlchemyError:
            # One campaign's trouble is its own; the next round tries again.
            log.exception("not_swept", extra={"campaign_id": str(campaign_id)})
    return taken


def fold_all() -> list[Found]:
    """Fold the stripes of every campaign that moved, tell it, note a sample of each; those that moved."""
    moved = _find(_MOVED)
    for found in moved:
        with as_owner() as connection:
            if counts.fold(connection, found.tenant_id, found.campaign_id):
                progressed.emit(connection, found.tenant_id, found.campaign_id)
            connection.execute(_SAMPLE, {"tenant_id": found.tenant_id, "campaign_id": found.campaign_id})
    return moved


def call(verb: Callable[[uuid.UUID, uuid.UUID], object], found: Found) -> None:
    """A verb for one campaign, on behalf of its tenant. A refusal means that another clock or a person was quicker."""
    act_for(found.tenant_id)
    try:
        verb(found.tenant_id, found.campaign_id)
    except Refusal as refusal:
        db.session.rollback()
        log.info("not_done", extra={"reason": str(refusal)})


def _find(query: TextClause) -> list[Found]:
    with as_owner() as connection:
        return [Found(row.tenant_id, row.campaign_id, row.status) for row in connection.execute(query)]
