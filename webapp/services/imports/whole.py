"""A list that comes with everything said, as programs send it: kept and started in one act."""

import uuid
from typing import BinaryIO

from sqlalchemy import func

from webapp import broker
from webapp.db import db, on_commit
from webapp.domain.csv_columns import PHONE
from webapp.domain.errors import N_, Invalid
from webapp.models.imports import ImportRun
from webapp.models.tenants import Tenant
from webapp.services import audit, groups
from webapp.services.imports import json_lines
from webapp.services.imports.preview import Reading, preview
from webapp.services.imports.start import Choice, start
from webapp.services.imports.upload import keep, keep_pieces


def begin_csv(
    tenant_id: uuid.UUID,
    stream: BinaryIO,
    *,
    file_name: str = "",
    on_existing: str = "update",
    group_id: uuid.UUID | None = None,
) -> ImportRun:
    """Import a CSV list whose header says what each column is: phoneNumber, name, isActive, else an attribute.

    A list that is refused leaves nothing behind. Raises Invalid for what can be said before anybody was brought in,
    NotFound for the group.
    """
    _require_group(tenant_id, group_id)
    try:
        run = keep(tenant_id, None, file_name=file_name or "contacts.csv", stream=stream)
        seen = preview(run, Reading())
        targets = [column.target for column in seen.columns]
        if PHONE not in targets:
            raise Invalid("phoneNumber", N_("No column is the phone number. Call it phoneNumber."))
        choice = Choice(targets, on_existing, group_id)
        return start(tenant_id, run.id, None, reading=seen.reading, choice=choice)
    except Invalid:
        db.session.rollback()
        raise


def begin_json_lines(
    tenant_id: uuid.UUID,
    stream: BinaryIO,
    *,
    file_name: str = "",
    on_existing: str = "update",
    group_id: uuid.UUID | None = None,
) -> ImportRun:
    """Import a list with one JSON object on each line, in the fields of a contact. Raises as `begin_csv` does."""
    _require_group(tenant_id, group_id)
    run = ImportRun(
        tenant_id=tenant_id,
        file_name=file_name or "contacts.ndjson",
        size=0,
        encoding="utf-8",
        delimiter=json_lines.JSON_LINES,
        headers=[*json_lines.HEADERS, json_lines.LINE],
        mapping=json_lines.MAPPING,
        on_existing=on_existing,
        group_id=group_id,
        default_country=db.session.get_one(Tenant, tenant_id).default_country,
        status="queued",
        started_at=func.now(),
    )
    db.session.add(run)
    db.session.flush()
    keep_pieces(run, stream)
    audit.record(tenant_id, None, "import_started", run.id)
    on_commit(broker.ring, "run_import", tenant_id, run.id)
    db.session.commit()
    return run


def _require_group(tenant_id: uuid.UUID, group_id: uuid.UUID | None) -> None:
    if group_id is not None:
        groups.get(tenant_id, group_id)
