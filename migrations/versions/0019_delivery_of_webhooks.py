"""Delivery of webhooks: what is due at each endpoint, each try with what was asked and answered, and how an endpoint
has done lately."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import raise_wall

revision = "0019"
down_revision = "0018"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("failing_since", _TIME, nullable=True))
    op.add_column("webhooks", sa.Column("rests_until", _TIME, nullable=True))
    op.add_column("webhooks", sa.Column("rest_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("webhooks", sa.Column("disabled_at", _TIME, nullable=True))
    op.create_check_constraint(
        op.f("webhooks_disabled_reason_known"), "webhooks", "disabled_reason in ('gone', 'failing')"
    )
    _logs()
    _attempts()
    _minutes()


def _logs() -> None:
    op.add_column("webhook_logs", sa.Column("failed_count", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("webhook_logs_due_or_over"),
        "webhook_logs",
        "completed_at is not null or next_attempt_at is not null",
    )
    op.create_check_constraint(
        op.f("webhook_logs_response_cut"), "webhook_logs", "octet_length(response) <= 20480"
    )
    op.drop_index("webhook_logs_due_idx", table_name="webhook_logs")
    op.create_index(
        "webhook_logs_due_idx",
        "webhook_logs",
        ["tenant_id", "webhook_id", "next_attempt_at"],
        postgresql_where=sa.text("completed_at is null"),
    )


def _attempts() -> None:
    op.add_column("webhook_attempts", sa.Column("request_headers", postgresql.JSONB(), nullable=True))
    op.add_column("webhook_attempts", sa.Column("completed_at", _TIME, nullable=True))
    op.create_check_constraint(
        op.f("webhook_attempts_response_cut"), "webhook_attempts", "octet_length(response) <= 20480"
    )
    op.drop_index("webhook_attempts_log_idx", table_name="webhook_attempts")
    op.create_unique_constraint(
        op.f("webhook_attempts_tenant_id_webhook_log_id_number_key"),
        "webhook_attempts",
        ["tenant_id", "webhook_log_id", "number"],
    )


def _minutes() -> None:
    op.create_table(
        "webhook_minutes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("minute", _TIME, nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "webhook_id"],
            ["webhooks.tenant_id", "webhooks.id"],
            name="webhook_minutes_tenant_id_webhook_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="webhook_minutes_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "webhook_id", "minute", name="webhook_minutes_pkey"),
    )
    raise_wall("webhook_minutes")


def downgrade() -> None:
    op.drop_table("webhook_minutes")
    op.drop_constraint(op.f("webhook_attempts_tenant_id_webhook_log_id_number_key"), "webhook_attempts")
    op.create_index("webhook_attempts_log_idx", "webhook_attempts", ["tenant_id", "webhook_log_id"])
    op.drop_constraint(op.f("webhook_attempts_response_cut"), "webhook_attempts")
    op.drop_column("webhook_attempts", "completed_at")
    op.drop_column("webhook_attempts", "request_headers")
    op.drop_index("webhook_logs_due_idx", table_name="webhook_logs")
    op.create_index(
        "webhook_logs_due_idx",
        "webhook_logs",
        ["tenant_id", "next_attempt_at"],
        postgresql_where=sa.text("completed_at is null"),
    )
    op.drop_constraint(op.f("webhook_logs_response_cut"), "webhook_logs")
    op.drop_constraint(op.f("webhook_logs_due_or_over"), "webhook_logs")
    op.drop_column("webhook_logs", "failed_count")
    op.drop_constraint(op.f("webhooks_disabled_reason_known"), "webhooks")
    for column in ("disabled_at", "rest_count", "rests_until", "failing_since"):
        op.drop_column("webhooks", column)
