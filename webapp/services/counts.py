"""How many recipients stand where: what a change of status adds to the counts, and how the counts are read.

Each settle and apply adds its deltas to one of 16 stripes, so that nobody updates the campaign's row in the hot
path; `fold` moves them into the campaign. Both together are exact at any time.
"""

import os
import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, text

from webapp.db import db
from webapp.models.campaigns import COUNTS

STRIPES: Final = 16

# Which statuses a count holds.
HOLDS: Final = {
    "sent_count": ("accepted", "sent", "delivered", "read"),
    "delivered_count": ("delivered", "read"),
    "read_count": ("read",),
    "failed_count": ("failed",),
    "uncertain_count": ("uncertain",),
    "skipped_count": ("skipped",),
    "cancelled_count": ("cancelled",),
}


def _held(column: str, count: str) -> str:
    return f"({column} in ({', '.join(repr(s) for s in HOLDS[count])}))::int"


def deltas(was: str = "was", now: str = "now") -> str:
    """SQL: what rows with the columns `was` and `now` (statuses) add to each count, in the order of COUNTS."""
    return ", ".join(f"sum({_held(now, count)} - {_held(was, count)})" for count in COUNTS)


# Takes a source of rows (tenant_id, campaign_id, was, now) under the name in braces, and %(stripe)s.
ADD: Final = f"""
insert into campaign_counts as c (tenant_id, campaign_id, stripe, {", ".join(COUNTS)})
select tenant_id, campaign_id, %(stripe)s, {deltas()} from {{source}} where was <> now
group by tenant_id, campaign_id order by campaign_id
on conflict (tenant_id, campaign_id, stripe) do update set
{", ".join(f"{count} = c.{count} + excluded.{count}" for count in COUNTS)}
"""

_SUMS: Final = ", ".join(f"c.{count} + coalesce(sum(s.{count}), 0) as {count}" for count in COUNTS)

# The campaign's figures as they are now, for one page or frame: all that a frame shows, so that none needs SQL.
# Twice got it who was sent to again, got that, and of whose given up attempt news came after all.
READ: Final = f"""
select c.id, c.whatsapp_instance_id, c.name, c.status, c.paused_reason, c.total_recipients, c.scheduled_at,
  c.started_at, c.completed_at, c.created_at, c.ran_seconds, c.paused_by, c.excluded,
  clock_timestamp() as at, {_SUMS}, (
    select jsonb_object_agg(f.error_code, f.count) from campaign_failures f
    where f.tenant_id = c.tenant_id and f.campaign_id = c.id and f.count > 0) as failures, (
    select count(distinct g.recipient_number) from given_up_attempts g
    join messages_history h on h.tenant_id = g.tenant_id and h.message_id = g.message_id and h.status <> 'failed'
    where g.tenant_id = c.tenant_id and g.campaign_id = c.id and g.proven_at is not null and exists (
      select from messages_history o where o.tenant_id = g.tenant_id and o.contact_id = h.contact_id
        and o.campaign_id = g.campaign_id and o.direction = 'out' and o.message_id <> g.message_id
        and o.status <> 'failed')) as duplicates
from campaigns c left join campaign_counts s on s.tenant_id = c.tenant_id and s.campaign_id = c.id
where c.tenant_id = %(tenant_id)s and c.id = %(campaign_id)s group by c.tenant_id, c.id
"""

_FOLD: Final = f"""
with taken as (
  update campaign_counts set {", ".join(f"{count} = 0" for count in COUNTS)}
  where tenant_id = :tenant_id and campaign_id = :campaign_id and ({" or ".join(f"{count} <> 0" for count in COUNTS)})
  returning {", ".join(f"old.{count} as {count}" for count in COUNTS)}
), total as (select {", ".join(f"sum({count}) as {count}" for count in COUNTS)} from taken having count(*) > 0)
update campaigns c set {", ".join(f"{count} = c.{count} + total.{count}" for count in COUNTS)}
from total where c.tenant_id = :tenant_id and c.id = :campaign_id
"""


def stripe() -> int:
    """The stripe of this process."""
    return os.getpid() % STRIPES


def fold(connection: Connection, tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> bool:
    """Move what the stripes hold into the campaign; whether there was anything."""
    moved = connection.execute(text(_FOLD), {"tenant_id": tenant_id, "campaign_id": campaign_id})
    return moved.rowcount > 0


def read(tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> dict[str, Any] | None:
    """The campaign's figures as they are now."""
    sql = text(READ.replace("%(tenant_id)s", ":tenant_id").replace("%(campaign_id)s", ":campaign_id"))
    row = (
        db.session.execute(sql, {"tenant_id": tenant_id, "campaign_id": campaign_id}).mappings().one_or_none()
    )
    return dict(row) if row else None


def pending(figures: Mapping[str, Any]) -> int:
    """Who waits, or is on the wire: what the other states leave of the total."""
    settled = ("sent_count", "failed_count", "uncertain_count", "skipped_count", "cancelled_count")
    return int(figures["total_recipients"] - sum(figures[count] for count in settled))
