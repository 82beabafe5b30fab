"""One living number of a provider in a tenant."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index(
        "whatsapp_instances_alive",
        "whatsapp_instances",
        ["tenant_id", "provider", "phone_number_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )


def downgrade() -> None:
    op.drop_index("whatsapp_instances_alive", table_name="whatsapp_instances")
