"""Import rows by person, the country of an import, and how often it stumbled."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("import_runs", sa.Column("default_country", sa.Text(), nullable=True))
    op.add_column(
        "import_runs", sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_index(
        "import_rows_phone_key_idx",
        "import_rows",
        ["tenant_id", "phone_key", "import_run_id", "row_number"],
        postgresql_where=sa.text("phone_key is not null"),
    )


def downgrade() -> None:
    op.drop_index("import_rows_phone_key_idx", "import_rows")
    op.drop_column("import_runs", "tries")
    op.drop_column("import_runs", "default_country")
