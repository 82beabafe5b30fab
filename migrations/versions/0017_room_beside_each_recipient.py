"""A recipient grows when its message id and times come: with less room on the page one update in five had to touch every
index of the table."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("alter table campaign_recipients set (fillfactor = 40)")


def downgrade() -> None:
    op.execute("alter table campaign_recipients set (fillfactor = 50)")
