"""Moves are judged after the row is written, not before.

PostgreSQL 18.4 tells a wrong old row when a trigger stands before the update: of two transactions that change one
recipient at once, the second waits, then writes onto the first one's row, and `returning old` still shows the row
from before both. Counts are made of old and new, so both would count the same step (docs/decisions/0002).
"""

from alembic import op

revision = "0012"
down_revision = "0011"

CREATE = (
    "create trigger recipient_moves {moment} update on campaign_recipients for each row when "
    "(old.status <> new.status and not coalesce(recipient_rank(new.status) > recipient_rank(old.status), false)) "
    "execute function refuse_recipient_move()",
    "create trigger campaign_moves {moment} update on campaigns for each row when (old.status <> new.status) "
    "execute function refuse_campaign_move()",
)


def upgrade() -> None:
    _judge("after")


def downgrade() -> None:
    _judge("before")


def _judge(moment: str) -> None:
    op.execute("drop trigger recipient_moves on campaign_recipients")
    op.execute("drop trigger campaign_moves on campaigns")
    for statement in CREATE:
        op.execute(statement.format(moment=moment))
