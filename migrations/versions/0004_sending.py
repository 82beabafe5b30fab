"""The engine's own tables: batches, windows, retries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import raise_wall

revision = "0004"
down_revision = "0003"


# Takes n numbers in one piece. Not undone by a rollback, so no plan waits for another; a plan that fails leaves a
# gap, which harms nothing. The session's lock spans the two steps of the sequence only.
RESERVE_NUMBERS = """
create function reserve_numbers(n bigint) returns bigint language plpgsql as $$
declare first_number bigint;
begin
  perform pg_advisory_lock(hashtextextended('send_numbers', 0));
  first_number := nextval('send_numbers');
  perform setval('send_numbers', first_number + n - 1);
  perform pg_advisory_unlock(hashtextextended('send_numbers', 0));
  return first_number;
end $$
"""


def upgrade() -> None:
    op.execute("create sequence send_numbers")
    op.execute("grant usage, update on sequence send_numbers to crier_app")
    op.execute(RESERVE_NUMBERS)
    op.create_table(
        "send_batches",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'first'"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'free'"), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('first', 'retry')", name=op.f("send_batches_kind_known")),
        sa.CheckConstraint("status in ('free', 'leased', 'done')", name=op.f("send_batches_status_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            name="send_batches_tenant_id_campaign_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="send_batches_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="send_batches_pkey"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(
        "send_batches_open_idx",
        "send_batches",
        ["tenant_id", "campaign_id", "first_number"],
        unique=False,
        postgresql_where=sa.text("status <> 'done'"),
    )
    op.create_table(
        "send_windows",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("rows", postgresql.INT8RANGE(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=False),
        sa.Column("gated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_abandoned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        postgresql.ExcludeConstraint((sa.column("rows"), "&&"), using="gist", name="send_windows_once"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["send_batches.tenant_id", "send_batches.id"],
            name="send_windows_tenant_id_batch_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            name="send_windows_tenant_id_campaign_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "batch_id", "first_number", name="send_windows_pkey"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "send_retries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_number", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("is_by_person", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            name="send_retries_tenant_id_campaign_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recipient_number"],
            ["campaign_recipients.tenant_id", "campaign_recipients.number"],
            name="send_retries_tenant_id_recipient_number_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="send_retries_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="send_retries_pkey"),
    )
    op.create_index(
        "send_retries_due_idx",
        "send_retries",
        ["tenant_id", "campaign_id", "not_before"],
        unique=False,
        postgresql_where=sa.text("number is null"),
    )
    op.create_index("send_retries_number", "send_retries", ["tenant_id", "number"], unique=True)
    op.create_index(
        "send_retries_recipient_idx", "send_retries", ["tenant_id", "recipient_number"], unique=False
    )
    raise_wall("send_batches")
    raise_wall("send_windows")
    raise_wall("send_retries")


def downgrade() -> None:
    op.drop_table("send_retries")
    op.drop_table("send_windows")
    op.drop_table("send_batches")
    op.execute("drop function reserve_numbers")
    op.execute("drop sequence send_numbers")
