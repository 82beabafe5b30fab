"""Bells that were dropped: Redis may lose every one, so the clock rings again for work that PostgreSQL knows of."""

import uuid
from typing import Final

from rq.registry import StartedJobRegistry
from sqlalchemy import text

from webapp import broker
from webapp.db import as_owner
from webapp.services import imports_overdue, instance_checks

# Work of all tenants that waits for a job: (job, the query for its arguments).
_WAITING: Final = (
    ("apply_callbacks", text("select distinct tenant_id from callback_inbox where applied_at is null")),
    ("act_on_contacts", text("select tenant_id, id from contact_acts where finished_at is null")),
    ("send_again", text("select tenant_id, id from sendings_again where finished_at is null")),
    (
        "check_instance",
        text(
            "select tenant_id, id from whatsapp_instances where deleted_at is null and (status = 'unchecked'"
            " or (status = 'checking' and updated_at < now() - interval '1 minute'))"
        ),
    ),
)

# Connected numbers whose provider was told an address of ours that is not the present one.
_MOVED: Final = text(
    "update whatsapp_instances set status = 'unchecked', updated_at = now() where status = 'connected'"
    " and deleted_at is null and check_result->>'callback_address' <> :before_id || id"
)


def ring(name: str, *ids: uuid.UUID) -> None:
    broker.ring(name, *ids)


def ring_forgotten() -> None:
    """Ring for everything that waits; a bell that still hangs is not hung twice."""
    with as_owner() as connection:
        waiting = [(name, tuple(row)) for name, query in _WAITING for row in connection.execute(query)]
    for name, ids in (*waiting, *(("run_import", ids) for ids in imports_overdue.unfinished())):
        broker.ring(name, *ids)


def check_after_moving() -> None:
    """Have numbers checked again after BASE_URL changed, so that news of their messages comes to the new address."""
    with as_owner() as connection:
        connection.execute(_MOVED, {"before_id": instance_checks.callback_address("")})


def clean_registries() -> None:
    """Jobs whose worker died are put aside at once, not after minutes: what they were to do is found above."""
    for name in {*broker.JOBS.values()}:
        StartedJobRegistry(queue=broker.queue(name)).cleanup()
