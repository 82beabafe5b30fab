"""Statuses: what became of our messages, written in bulk. The highest rank wins and every time is the earliest told,
so that repeated and re-ordered callbacks can not matter."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import text

from webapp.arrays import plain, texts
from webapp.db import db, on_commit
from webapp.providers.errors import PAUSING, THROTTLING, ErrorClass
from webapp.services import counts, progress
from webapp.services.receiving import given_up, history, matching
from webapp.services.receiving.standing import Stop
from webapp.services.receiving.told import Told, arrays, together, words_of
from webapp.services.receiving.wishes import Wish

# Sorted by number, so that two who write the same rows wait for each other instead of locking up. A row whose
# message is being settled this moment is waited for, and then looked at again.
_MOVE: Final = f"""
with given as (
  select number, instance_id, status, message_id, code, error, to_timestamp(sent) as sent_at,
    to_timestamp(delivered) as delivered_at, to_timestamp(read) as read_at, to_timestamp(failed) as failed_at
  from unnest(%(numbers)s::bigint[], %(instances)s::uuid[], %(statuses)s::text[], %(ids)s::text[],
    %(codes)s::int[], %(errors)s::text[], %(sent)s::float8[], %(delivered)s::float8[], %(read)s::float8[],
    %(failed)s::float8[]) as g(number, instance_id, status, message_id, code, error, sent, delivered, read, failed)
), changed as (
  update campaign_recipients r set
    status = case when recipient_rank(g.status) > recipient_rank(r.status) then g.status else r.status end,
    error_code = case when recipient_rank(g.status) > recipient_rank(r.status) then g.code else r.error_code end,
    error_message = case when recipient_rank(g.status) > recipient_rank(r.status) then g.error else r.error_message end,
    message_id = coalesce(r.message_id, g.message_id),
    sent_at = least(r.sent_at, g.sent_at),
    delivered_at = least(r.delivered_at, g.delivered_at),
    read_at = least(r.read_at, g.read_at),
    failed_at = least(r.failed_at, g.failed_at)
  from given g, campaigns c
  where r.tenant_id = %(tenant_id)s and r.number = g.number
    and c.tenant_id = r.tenant_id and c.id = r.campaign_id and c.whatsapp_instance_id = g.instance_id
    and (recipient_rank(g.status) > recipient_rank(r.status) or r.message_id is null
      or g.sent_at < coalesce(r.sent_at, 'infinity') or g.delivered_at < coalesce(r.delivered_at, 'infinity')
      or g.read_at < coalesce(r.read_at, 'infinity') or g.failed_at < coalesce(r.failed_at, 'infinity'))
  returning r.tenant_id, r.campaign_id, r.number, old.status as was, new.status as now,
    old.error_code as old_code, new.error_code as new_code
), failures as (
  insert into campaign_failures as f (tenant_id, campaign_id, error_code, count)
  select tenant_id, campaign_id, coalesce(code, 0), sum(change) from (
    select tenant_id, campaign_id, new_code as code, 1 as change from changed where now = 'failed' and was <> 'failed'
    union all
    select tenant_id, campaign_id, old_code, -1 from changed where was = 'failed' and now <> 'failed') as moves
  group by 1, 2, 3 order by 2, 3
  on conflict (tenant_id, campaign_id, error_code) do update set count = f.count + excluded.count
), counted as ({counts.ADD.format(source="changed")})
select number, campaign_id, was, now from changed
"""

# With the arrays before its eyes the planner reads whole tables whose statistics are not there yet. Not knowing how
# long they are it looks each row up by its key, in the order of the array.
_PLAN_FOR_FEW: Final = text("set local plan_cache_mode = force_generic_plan")

_PHONE_KEYS: Final = """
select r.number, r.phone_key from campaign_recipients r
join campaigns c on c.tenant_id = r.tenant_id and c.id = r.campaign_id
join unnest(%(numbers)s::bigint[], %(instances)s::uuid[]) as g(number, instance_id)
  on r.number = g.number and c.whatsapp_instance_id = g.instance_id
where r.tenant_id = %(tenant_id)s
"""


@dataclass(slots=True)
class Outcome:
    """What statuses ask for beyond their rows."""

    stops: set[Stop] = field(default_factory=set)
    wishes: list[Wish] = field(default_factory=list)


def apply(tenant_id: uuid.UUID, messages: Collection[Told]) -> Outcome:
    """Write what was told of our messages. Commits nothing."""
    if not messages:
        return Outcome()
    db.session.execute(_PLAN_FOR_FEW)
    matched = matching.match(tenant_id, messages)
    newest = {number: together(told) for number, told in sorted(matched.current.items())}
    changed = _move(tenant_id, newest) if newest else ()
    history.apply(tenant_id, messages, matched.pairs)
    given_up.prove(tenant_id, matched.past)
    for campaign_id in {row.campaign_id for row in changed}:
        on_commit(progress.publish, tenant_id, campaign_id)
    return Outcome(_stops(changed, newest), _opted_out(tenant_id, newest))


def _move(tenant_id: uuid.UUID, newest: Mapping[int, Told]) -> Sequence[Any]:
    told = list(newest.values())
    given = {
        "tenant_id": tenant_id,
        "stripe": counts.stripe(),
        "numbers": plain(newest),
        "errors": texts(words_of(one.failure) for one in told),
        **arrays(told),
    }
    return db.session.connection().exec_driver_sql(_MOVE, given).all()


def _stops(changed: Sequence[Any], newest: Mapping[int, Told]) -> set[Stop]:
    """Only what failed just now: a person who let a campaign go on is not overruled by a repeat."""
    failed = [(row, newest[row.number]) for row in changed if row.now == "failed" != row.was]
    return {
        Stop(told.trouble.code, told.trouble.cls, told.instance_id, row.campaign_id)
        for row, told in failed
        if told.trouble and told.trouble.cls in PAUSING | THROTTLING
    }


def _opted_out(tenant_id: uuid.UUID, newest: Mapping[int, Told]) -> list[Wish]:
    """Who wants no marketing, as the provider says when it does not deliver it."""
    refused = {
        number: told
        for number, told in newest.items()
        if told.trouble and told.trouble.cls == ErrorClass.RECIPIENT_OPTOUT
    }
    if not refused:
        return []
    given = {
        "tenant_id": tenant_id,
        "numbers": plain(refused),
        "instances": plain(told.instance_id for told in refused.values()),
    }
    rows = db.session.connection().exec_driver_sql(_PHONE_KEYS, given)
    return [
        Wish(row.phone_key, "provider_error", wants=False, at=refused[row.number].times["failed"])
        for row in rows
    ]
