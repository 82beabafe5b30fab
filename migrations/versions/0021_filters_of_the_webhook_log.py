"""The log of a webhook is filtered as fast as it is read: what failed, and one kind of event, among a million."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_index("webhook_logs_event_idx", "webhook_logs", ["tenant_id", "webhook_id", "event", "id"])
    op.create_index(
        "webhook_logs_failed_idx",
        "webhook_logs",
        ["tenant_id", "webhook_id", "id"],
        postgresql_where=sa.text("completed_at is not null and not success"),
    )


def downgrade() -> None:
    op.drop_index("webhook_logs_failed_idx", table_name="webhook_logs")
    op.drop_index("webhook_logs_event_idx", table_name="webhook_logs")
