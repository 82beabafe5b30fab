"""What holds for campaigns and for the database as a whole: counts, leases, moves, stops, walls."""

from typing import Final

from webapp.models.campaigns import COUNTS
from webapp.services import counts
from webapp.services.doctor.check import Check

_TOLD: Final = ", ".join(
    f"c.{count} + coalesce((select sum(s.{count}) from campaign_counts s where s.tenant_id = c.tenant_id"
    f" and s.campaign_id = c.id), 0) as {count}"
    for count in COUNTS
)
_RECOUNTED: Final = ", ".join(
    "count(*) filter (where r.status in ({})) as {}".format(
        ", ".join(f"'{status}'" for status in counts.HOLDS[count]), count
    )
    for count in COUNTS
)
_PARTS: Final = (
    "told.sent_count + told.failed_count + told.uncertain_count + told.skipped_count + told.cancelled_count"
)

CHECKS: Final = (
    Check(
        5,
        "The counts of a campaign are those of its rows.",
        f"""select told.tenant_id, told.id as campaign_id, {", ".join(f"told.{c} - rows.{c} as {c}" for c in COUNTS)}
            from (select c.tenant_id, c.id, {_TOLD} from whole c) as told
            join lateral (select {_RECOUNTED} from campaign_recipients r
              where r.tenant_id = told.tenant_id and r.campaign_id = told.id and r.number between
                (select c.first_number from whole c where c.tenant_id = told.tenant_id and c.id = told.id)
                and (select c.first_number + c.total_recipients - 1 from whole c
                     where c.tenant_id = told.tenant_id and c.id = told.id)) as rows on true
            where {" or ".join(f"told.{c} <> rows.{c}" for c in COUNTS)}""",
    ),
    Check(
        5,
        "All states of a campaign add up to its people, and none is below nought.",
        f"""select told.tenant_id, told.id as campaign_id, told.total_recipients - ({_PARTS}) as waiting
            from (select c.tenant_id, c.id, c.total_recipients, {_TOLD} from campaigns c
                  where c.first_number is not null) as told
            where told.total_recipients < {_PARTS} or least({", ".join(f"told.{c}" for c in COUNTS)}) < 0
              or told.delivered_count > told.sent_count or told.read_count > told.delivered_count""",
    ),
    Check(
        5,
        "Failures by reason are those of the rows.",
        """select tenant_id, campaign_id, error_code, sum(told)::int as told, sum(rows)::int as rows from (
             select f.tenant_id, f.campaign_id, f.error_code, f.count as told, 0 as rows from campaign_failures f
             join whole c on c.tenant_id = f.tenant_id and c.id = f.campaign_id
             union all
             select r.tenant_id, r.campaign_id, coalesce(r.error_code, 0), 0, 1 from looked r
             join whole c on c.tenant_id = r.tenant_id and c.id = r.campaign_id where r.status = 'failed') as sides
           group by 1, 2, 3 having sum(told) <> sum(rows)""",
    ),
    Check(
        4,
        "No lease has run out without being swept.",
        """select tenant_id, campaign_id, id as batch, lease_until from send_batches
           where status = 'leased' and lease_until < now() - interval '2 minutes'""",
    ),
    Check(
        4,
        "No window has stayed on the wire without anybody holding it.",
        """select w.tenant_id, w.campaign_id, w.batch_id as batch, w.first_number from send_windows w
           join send_batches b on b.tenant_id = w.tenant_id and b.id = w.batch_id
           where w.settled_at is null and w.gated_at < now() - interval '10 minutes' and b.status <> 'leased'""",
    ),
    Check(
        6,
        "Each change of a campaign's status was told once.",
        """select tenant_id, object_id as campaign_id, status, previous, was from (
             select e.tenant_id, e.object_id, e.payload->>'status' as status, e.payload->>'previousStatus' as previous,
               lag(e.payload->>'status') over chain as was from events e
             where e.type = 'campaign_status_changed'
             window chain as (partition by e.object_id order by e.sequence)) as told
           where was is not null and was <> previous
           union all
           select c.tenant_id, c.id, c.status, null, last.status from campaigns c cross join lateral (
             select e.payload->>'status' as status from events e where e.tenant_id = c.tenant_id and e.object_id = c.id
               and e.type = 'campaign_status_changed' order by e.sequence desc limit 1) as last
           where last.status <> c.status""",
    ),
    Check(
        7,
        "After a pause or a cancel nothing of the campaign passed the gate.",
        """select w.tenant_id, w.campaign_id, w.batch_id as batch, w.first_number, w.gated_at from campaigns c
           cross join lateral (
             select max(e.created_at) as stopped_at from events e where e.tenant_id = c.tenant_id and e.object_id = c.id
               and e.type = 'campaign_status_changed') as told
           join send_windows w on w.tenant_id = c.tenant_id and w.campaign_id = c.id
           where c.status in ('paused', 'cancelled') and w.gated_at > told.stopped_at + interval '10 seconds'""",
    ),
    Check(
        1,
        "The database refuses a number that was on the wire before.",
        """select 'send_windows_once' as missing
           where not exists (select from pg_constraint where conname = 'send_windows_once' and contype = 'x')""",
    ),
    Check(
        8,
        "Every table of a tenant is behind its wall, and every key between them carries the tenant.",
        """select c.relname as table_name, null as key from pg_class c
           join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
           where c.relkind = 'r' and c.relname not in ('memberships', 'sessions', 'api_keys', 'callback_addresses',
             'sign_in_links', 'sign_in_tries')
             and (not c.relrowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid))
           union all
           select conrelid::regclass::text, conname from pg_constraint where contype = 'f' and not convalidated
           union all
           select 'crier_app', rolname from pg_roles where rolname = 'crier_app' and (rolsuper or rolbypassrls)""",
    ),
)
