"""No webhook hears of its own making: its receiver has no secret yet, so the first thing in its log would be a failure."""

from alembic import op

revision = "0026"
down_revision = "0025"

KEEP_WEBHOOK_LOGS = """
create or replace function keep_webhook_logs() returns trigger language plpgsql as $$
begin
  if not exists (select from webhooks w where w.is_active and w.deleted_at is null
                 and w.tenant_id in (select e.tenant_id from fresh e)) then
    return null;
  end if;
  execute $statement$
    insert into webhook_logs (tenant_id, webhook_id, event_id, event, contact_id, payload, next_attempt_at)
    select w.tenant_id, w.id, e.id, e.type, e.contact_id,
      posted_event(told_event(e.id, e.type, e.created_at, e.tenant_id, e.sequence, e.payload)), now()
    from fresh e join webhooks w on w.tenant_id = e.tenant_id
    where w.is_active and w.deleted_at is null
      and e.type not in ('campaign_progressed', 'webhook_triggered'){but}
      and (e.type = any (w.events)
        or (w.events = '{{}}' and e.type not in ('message_received', 'message_status_changed')))
    order by e.sequence
  $statement$;
  return null;
end $$
"""
NOT_ITSELF = "\n      and not (e.type = 'webhook_created' and e.object_id = w.id)"


def upgrade() -> None:
    op.execute(KEEP_WEBHOOK_LOGS.format(but=NOT_ITSELF))


def downgrade() -> None:
    op.execute(KEEP_WEBHOOK_LOGS.format(but=""))
