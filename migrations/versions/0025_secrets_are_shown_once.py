"""A secret that a page has made lies sealed beside its session until it was shown."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "shown_once",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_hash"],
            ["sessions.token_hash"],
            name=op.f("shown_once_token_hash_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", "about", name=op.f("shown_once_pkey")),
    )
    grant("shown_once")


def downgrade() -> None:
    op.drop_table("shown_once")
