"""Lists that come in: uploaded, mapped as guessed, and worked on to their end, as a worker would."""

import io
import uuid
from typing import Any

from sqlalchemy import select

from webapp.db import db
from webapp.models.contacts import Contact
from webapp.models.imports import ImportRun
from webapp.services.imports import runs, work
from webapp.services.imports.preview import Reading, preview
from webapp.services.imports.start import Choice, start
from webapp.services.imports.upload import upload


def upload_list(tenant_id: uuid.UUID, data: str | bytes, file_name: str = "people.csv") -> ImportRun:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return upload(tenant_id, None, file_name=file_name, stream=stream)


def start_list(
    tenant_id: uuid.UUID,
    data: str | bytes,
    *,
    targets: list[str] | None = None,
    reading: Reading | None = None,
    **choice: Any,
) -> ImportRun:
    """Upload and start; without `targets` the columns are what they are guessed to be."""
    run = upload_list(tenant_id, data)
    seen = preview(run, reading or Reading())
    targets = targets or [column.target for column in seen.columns]
    return start(tenant_id, run.id, None, reading=seen.reading, choice=Choice(targets, **choice))


def bring(tenant_id: uuid.UUID, data: str | bytes, **options: Any) -> ImportRun:
    """Bring a list in, to the end."""
    return finish(start_list(tenant_id, data, **options))


def finish(run: ImportRun) -> ImportRun:
    """Work on an import until it is over."""
    for _ in range(1000):
        work.advance(run.tenant_id, run.id)
        db.session.refresh(run)
        if run.status not in runs.RUNNING:
            return run
    raise AssertionError(f"the import does not end: {run.status}")


def counts(run: ImportRun) -> dict[str, int]:
    """What became of the rows, without the zeros. Nothing may be missing."""
    names = ("added", "updated", "unchanged", "repeated", "refused")
    found = {name: getattr(run, name) for name in names}
    assert sum(found.values()) == run.read_rows, found
    return {name: count for name, count in found.items() if count}


def people(tenant_id: uuid.UUID) -> dict[str, Contact]:
    """The living contacts by number."""
    return {contact.phone_number or "": contact for contact in db.session.scalars(_fresh(tenant_id))}


def _fresh(tenant_id: uuid.UUID) -> Any:
    return Contact.of(tenant_id).execution_options(populate_existing=True)


def one(tenant_id: uuid.UUID, phone_number: str) -> Contact:
    return people(tenant_id)[phone_number]


def as_rows(run: ImportRun) -> int:
    """How many rows the import still holds."""
    from webapp.models.imports import ImportRow

    query = select(db.func.count()).select_from(ImportRow).where(ImportRow.import_run_id == run.id)
    return db.session.scalar(query) or 0
