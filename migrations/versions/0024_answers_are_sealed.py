"""What was answered to a request with an Idempotency-Key is sealed. An answer from before is forgotten, the request is not:
it counts as one that broke off, so that it is not done once more."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

FORGET = "update idempotent_requests set status_code = null, body = null"


def upgrade() -> None:
    op.execute(FORGET)
    op.alter_column("idempotent_requests", "body", type_=sa.Text(), postgresql_using="null")


def downgrade() -> None:
    op.execute(FORGET)
    op.alter_column("idempotent_requests", "body", type_=sa.LargeBinary(), postgresql_using="null")
