"""What is known about the callbacks of a number, who paused a campaign, how long it really ran, and what it was
scheduled for before somebody changed it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    for name in ("signed_at", "refused_at"):
        op.add_column("callback_addresses", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaigns", sa.Column("paused_by", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("was_scheduled_for", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaigns", sa.Column("ran_seconds", sa.Double(), server_default="0", nullable=False))
    op.add_column("campaigns", sa.Column("ran_since", sa.DateTime(timezone=True), nullable=True))
    op.execute("update campaigns set ran_since = started_at where status = 'running'")


def downgrade() -> None:
    for name in ("ran_since", "ran_seconds", "was_scheduled_for", "paused_by"):
        op.drop_column("campaigns", name)
    for name in ("refused_at", "signed_at"):
        op.drop_column("callback_addresses", name)
