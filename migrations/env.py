"""Runs the migrations as the owner of the tables (docs/migrations.md)."""

from alembic import context

from webapp.db import db, owner_engine
from webapp.models import all as _every_table  # noqa: F401


def _next_number(_context, _revision, directives) -> None:
    """Number a new migration after the last one: 0007, 0008."""
    if directives and (head := context.script.get_current_head()):
        directives[0].rev_id = f"{int(head) + 1:04d}"


with owner_engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        compare_server_default=True,
        process_revision_directives=_next_number,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
