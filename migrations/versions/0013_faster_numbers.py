"""Numbers may be faster than Meta allows today, and reserving numbers leaves no lock behind when it fails."""

from alembic import op

revision = "0013"
down_revision = "0012"

RANGE = "messages_per_second between 1 and {most}"

RESERVE = """
create or replace function reserve_numbers(n bigint) returns bigint language plpgsql as $$
declare first_number bigint;
begin
  perform pg_advisory_lock(hashtextextended('send_numbers', 0));
  {steps}
  perform pg_advisory_unlock(hashtextextended('send_numbers', 0));
  return first_number;
end $$
"""
STEPS = """
  first_number := nextval('send_numbers');
  perform setval('send_numbers', first_number + n - 1);
"""
# The session's lock would outlive the transaction that failed.
GUARDED = f"""
  begin
    {STEPS}
  exception when others then
    perform pg_advisory_unlock(hashtextextended('send_numbers', 0));
    raise;
  end;
"""


def upgrade() -> None:
    _allow(100_000)
    op.execute(RESERVE.format(steps=GUARDED))


def downgrade() -> None:
    op.execute("update whatsapp_instances set messages_per_second = 1000 where messages_per_second > 1000")
    _allow(1000)
    op.execute(RESERVE.format(steps=STEPS))


def _allow(most: int) -> None:
    name = "whatsapp_instances_messages_per_second_range"
    op.drop_constraint(op.f(name), "whatsapp_instances")
    op.create_check_constraint(op.f(name), "whatsapp_instances", RANGE.format(most=most))
