"""A recipient's move is judged after the row is written, not before.

PostgreSQL 18.4 tells a wrong old row when a trigger stands before the update: of two transactions that change one
recipient at once, the second waits, then writes onto the first one's row, and `returning old` still shows the row
from before both. Counts are made of old and new, so both would count the same step.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

CREATE = (
    "create trigger recipient_moves {moment} update on campaign_recipients for each row when "
    "(old.status <> new.status and not coalesce(recipient_rank(new.status) > recipient_rank(old.status), false)) "
    "execute function refuse_recipient_move()"
)


def upgrade() -> None:
    op.execute("drop trigger recipient_moves on campaign_recipients")
    op.execute(CREATE.format(moment="after"))


def downgrade() -> None:
    op.execute("drop trigger recipient_moves on campaign_recipients")
    op.execute(CREATE.format(moment="before"))
