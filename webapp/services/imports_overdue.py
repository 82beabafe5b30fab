"""Imports that somebody must look after again, over all tenants: their bell was lost or their worker died."""

import uuid

from sqlalchemy import text

from webapp.db import as_owner

# A worker that is at it moves updated_at with every step. Uploads whose columns nobody named, and files of
# imports that ended early, are looked after too: what they have left is taken away.
_UNFINISHED = text("""
    select r.tenant_id, r.id from import_runs r
     where r.status in ('queued', 'reading', 'merging')
        or r.status = 'uploaded' and r.created_at < now() - interval '1 day'
        or r.status in ('failed', 'cancelled') and exists (
               select from import_chunks c where c.tenant_id = r.tenant_id and c.import_run_id = r.id)
""")


def unfinished() -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Tenant and import of each; ringing for one that is being worked on does no harm."""
    with as_owner() as connection:
        return [(row.tenant_id, row.id) for row in connection.execute(_UNFINISHED)]
