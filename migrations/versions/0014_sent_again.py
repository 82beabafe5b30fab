"""Sent again by a person, judged by its failures, and a house that notices when its past changes.

What a person had sent again is remembered by the attempt that was given up, so that two messages to one person are
always somebody's wish and late news of the old one is shown. A campaign may be held while it is prepared, and one
that was held before its time may wait for it again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import raise_wall

revision = "0014"
down_revision = "0013"

MOVES = (
    "('draft', 'scheduled')", "('draft', 'preparing')", "('draft', 'cancelled')",
    "('scheduled', 'draft')", "('scheduled', 'preparing')", "('scheduled', 'paused')", "('scheduled', 'cancelled')",
    "('preparing', 'running')", "('preparing', 'completed')", "('preparing', 'failed')", "('preparing', 'cancelled')",
    "('running', 'paused')", "('running', 'completed')", "('running', 'cancelled')",
    "('paused', 'running')", "('paused', 'preparing')", "('paused', 'completed')", "('paused', 'cancelled')",
    "('completed', 'running')",
)  # fmt: skip
MORE_MOVES = ("('preparing', 'paused')", "('paused', 'scheduled')")

REFUSE_CAMPAIGN_MOVE = """
create or replace function refuse_campaign_move() returns trigger language plpgsql as $$
begin
  if (old.status, new.status) in ({moves}) then
    return new;
  end if;
  raise exception 'a campaign can not go from % to %', old.status, new.status using errcode = 'check_violation';
end $$
"""


def upgrade() -> None:
    _allow(*MOVES, *MORE_MOVES)
    op.execute("create sequence house_beats")
    op.add_column("campaigns", sa.Column("judged_sent", sa.Integer(), server_default="0", nullable=False))
    op.add_column("campaigns", sa.Column("judged_failed", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "tenants", sa.Column("failure_limit", sa.SmallInteger(), server_default="30", nullable=True)
    )
    op.create_check_constraint(
        op.f("tenants_failure_limit_range"), "tenants", "failure_limit between 1 and 100"
    )
    _sendings_again()
    _given_up_attempts()


def downgrade() -> None:
    op.drop_table("given_up_attempts")
    op.drop_table("sendings_again")
    op.drop_constraint(op.f("tenants_failure_limit_range"), "tenants")
    op.drop_column("tenants", "failure_limit")
    op.drop_column("campaigns", "judged_failed")
    op.drop_column("campaigns", "judged_sent")
    op.execute("drop sequence house_beats")
    _allow(*MOVES)


def _allow(*moves: str) -> None:
    op.execute(REFUSE_CAMPAIGN_MOVE.format(moves=", ".join(moves)))


def _sendings_again() -> None:
    op.create_table(
        "sendings_again",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('retry', 'resend')", name=op.f("sendings_again_kind_known")),
        _to_campaign("sendings_again"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="sendings_again_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="sendings_again_pkey"),
    )
    op.create_index(
        "sendings_again_open",
        "sendings_again",
        ["tenant_id", "campaign_id"],
        unique=True,
        postgresql_where=sa.text("finished_at is null"),
    )
    raise_wall("sendings_again")


def _given_up_attempts() -> None:
    op.create_table(
        "given_up_attempts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_number", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        _to_campaign("given_up_attempts"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recipient_number"],
            ["campaign_recipients.tenant_id", "campaign_recipients.number"],
            name="given_up_attempts_tenant_id_recipient_number_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "number", name="given_up_attempts_pkey"),
    )
    op.create_index("given_up_attempts_recipient_idx", "given_up_attempts", ["tenant_id", "recipient_number"])
    op.create_index(
        "given_up_attempts_proven",
        "given_up_attempts",
        ["tenant_id", "campaign_id"],
        postgresql_where=sa.text("proven_at is not null"),
    )
    raise_wall("given_up_attempts")


def _to_campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "campaign_id"],
        ["campaigns.tenant_id", "campaigns.id"],
        name=f"{table}_tenant_id_campaign_id_fkey",
        ondelete="CASCADE",
    )
