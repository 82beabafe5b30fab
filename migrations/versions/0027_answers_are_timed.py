"""How many tries of a minute were answered: only those say how fast a receiver is. Of the minutes before nobody knows it, so
they are taken as they were drawn until now."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column(
        "webhook_minutes", sa.Column("answered", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.execute("update webhook_minutes set answered = tries")


def downgrade() -> None:
    op.drop_column("webhook_minutes", "answered")
