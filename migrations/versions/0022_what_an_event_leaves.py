"""What an event leaves: the person it is about, so that erasing finds it; a body of 64 KB at most for webhooks; tries that
nobody brought home; when it was given up; and figures that are forgotten after a day."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

FLEETING = sa.text("type in ('campaign_progressed', 'webhook_triggered', 'message_status_changed')")
GIVEN_UP = sa.text("completed_at is not null and not success")
OF_SOMEBODY = sa.text("contact_id is not null")

# A column of its own, for no index on the words of a payload is used behind the wall of row-level security.
CONTACT_ID = "case when starts_with(type, 'contact_'::text) then object_id else (payload ->> 'contactId'::text)::uuid end"

# As text a jsonb is never shorter than the body that is made of it. The largest fields go, the others stay.
POSTED_EVENT = """
create function posted_event(told jsonb) returns jsonb language sql immutable as $$
  select case when octet_length(told::text) <= 65536 then told else
    told || jsonb_build_object('truncated', true, 'payload', (
      select coalesce(jsonb_object_agg(key, value), '{}') from (
        select key, value, sum(octet_length(key) + octet_length(value::text) + 6)
          over (order by octet_length(value::text), key) as together
        from jsonb_each(told -> 'payload')) as fields
      where together <= 65000)) end
$$
"""

KEEP_WEBHOOK_LOGS = """
create or replace function keep_webhook_logs() returns trigger language plpgsql as $$
begin
  if not exists (select from webhooks w where w.is_active and w.deleted_at is null
                 and w.tenant_id in (select e.tenant_id from fresh e)) then
    return null;
  end if;
  execute $statement$
    insert into webhook_logs (tenant_id, webhook_id, event_id, event, {columns}payload, next_attempt_at)
    select w.tenant_id, w.id, e.id, e.type, {values}, now()
    from fresh e join webhooks w on w.tenant_id = e.tenant_id
    where w.is_active and w.deleted_at is null
      and e.type not in ('campaign_progressed', 'webhook_triggered')
      and (e.type = any (w.events)
        or (w.events = '{{}}' and e.type not in ('message_received', 'message_status_changed')))
    order by e.sequence
  $statement$;
  return null;
end $$
"""
_TOLD = "told_event(e.id, e.type, e.created_at, e.tenant_id, e.sequence, e.payload)"


def upgrade() -> None:
    op.add_column(
        "events", sa.Column("contact_id", sa.Uuid(), sa.Computed(CONTACT_ID, persisted=True), nullable=True)
    )
    op.create_index("events_of_somebody", "events", ["tenant_id", "contact_id"], postgresql_where=OF_SOMEBODY)
    op.create_index("events_fleeting", "events", ["tenant_id", "id"], postgresql_where=FLEETING)
    op.add_column("webhook_logs", sa.Column("contact_id", sa.Uuid(), nullable=True))
    op.add_column(
        "webhook_logs", sa.Column("unknown_count", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute(
        "update webhook_logs l set contact_id = e.contact_id from events e"
        " where e.tenant_id = l.tenant_id and e.id = l.event_id and e.contact_id is not null"
    )
    op.create_index(
        "webhook_logs_of_somebody", "webhook_logs", ["tenant_id", "contact_id"], postgresql_where=OF_SOMEBODY
    )
    given_up = ["tenant_id", "webhook_id", "completed_at"]
    op.create_index("webhook_logs_given_up_idx", "webhook_logs", given_up, postgresql_where=GIVEN_UP)
    op.execute(POSTED_EVENT)
    op.execute(
        KEEP_WEBHOOK_LOGS.format(columns="contact_id, ", values=f"e.contact_id, posted_event({_TOLD})")
    )


def downgrade() -> None:
    op.execute(KEEP_WEBHOOK_LOGS.format(columns="", values=_TOLD))
    op.execute("drop function posted_event(jsonb)")
    op.drop_index("webhook_logs_given_up_idx", table_name="webhook_logs")
    op.drop_index("webhook_logs_of_somebody", table_name="webhook_logs")
    op.drop_column("webhook_logs", "unknown_count")
    op.drop_column("webhook_logs", "contact_id")
    op.drop_index("events_fleeting", table_name="events")
    op.drop_index("events_of_somebody", table_name="events")
    op.drop_column("events", "contact_id")
