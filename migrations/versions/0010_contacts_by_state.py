"""Contacts by state: the trash, the inactive and the doubtful of a million are found at once; people by user id."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INDEXES = {
    "contacts_trash_idx": ("id", "deleted_at is not null"),
    "contacts_inactive_idx": ("id", "not is_active and deleted_at is null"),
    "contacts_doubtful_idx": ("id", "is_doubtful and deleted_at is null"),
    "contacts_whatsapp_user_idx": ("whatsapp_user_id", "whatsapp_user_id is not null and deleted_at is null"),
}


def upgrade() -> None:
    for name, (column, condition) in INDEXES.items():
        op.create_index(name, "contacts", ["tenant_id", column], postgresql_where=sa.text(condition))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "contacts")
