"""Events are the outbox: each brings the log rows of the webhooks that want it in its own transaction, and says which
transaction that is, so that a reader misses none (docs/decisions/0008)."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

# Told one by one only to webhooks that chose it: no reader of all events looks for it.
FOR_READERS = sa.text("type <> 'message_status_changed'")

TOLD_EVENT = """
create function told_event(id uuid, type text, at timestamptz, tenant_id uuid, sequence bigint, payload jsonb)
returns jsonb language sql stable as $$
  select jsonb_build_object('id', id, 'type', type,
    'timestamp', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'tenantId', tenant_id, 'sequence', sequence, 'payload', payload)
$$
"""

# Most tenants have no webhook: for them it ends at one look whose plan is kept (15 us). What follows is planned anew
# each time, as 0011 says.
KEEP_WEBHOOK_LOGS = """
create function keep_webhook_logs() returns trigger language plpgsql as $$
begin
  if not exists (select from webhooks w where w.is_active and w.deleted_at is null
                 and w.tenant_id in (select e.tenant_id from fresh e)) then
    return null;
  end if;
  execute $statement$
    insert into webhook_logs (tenant_id, webhook_id, event_id, event, payload, next_attempt_at)
    select w.tenant_id, w.id, e.id, e.type,
      told_event(e.id, e.type, e.created_at, e.tenant_id, e.sequence, e.payload), now()
    from fresh e join webhooks w on w.tenant_id = e.tenant_id
    where w.is_active and w.deleted_at is null
      and e.type not in ('campaign_progressed', 'webhook_triggered')
      and (e.type = any (w.events)
        or (w.events = '{}' and e.type not in ('message_received', 'message_status_changed')))
    order by e.sequence
  $statement$;
  return null;
end $$
"""


def upgrade() -> None:
    # Whatever was there before was committed before anybody's horizon.
    op.add_column("events", sa.Column("xid", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute("alter table events alter column xid set default pg_current_xact_id()::text::bigint")
    horizon = sa.text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    op.add_column("events", sa.Column("horizon", sa.BigInteger(), server_default=horizon, nullable=False))
    op.drop_index("events_sequence", table_name="events")
    op.create_index("events_in_order", "events", ["tenant_id", "sequence"], postgresql_where=FOR_READERS)
    op.create_index("events_fresh", "events", ["tenant_id", "xid"], postgresql_where=FOR_READERS)
    op.execute(TOLD_EVENT)
    op.execute(KEEP_WEBHOOK_LOGS)
    op.execute(
        "create trigger events_for_webhooks after insert on events referencing new table as fresh"
        " for each statement execute function keep_webhook_logs()"
    )


def downgrade() -> None:
    op.execute("drop trigger events_for_webhooks on events")
    op.execute("drop function keep_webhook_logs()")
    op.execute("drop function told_event(uuid, text, timestamptz, uuid, bigint, jsonb)")
    op.drop_index("events_fresh", table_name="events")
    op.drop_index("events_in_order", table_name="events")
    op.create_index("events_sequence", "events", ["tenant_id", "sequence"], unique=True)
    op.drop_column("events", "horizon")
    op.drop_column("events", "xid")
