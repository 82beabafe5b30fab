"""Import runs: looked at, listed, ended."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app
from sqlalchemy import func

from webapp import broker
from webapp.db import db, on_commit
from webapp.domain import as_json
from webapp.domain.errors import N_, Conflict, NotFound, Refusal
from webapp.models.groups import Group
from webapp.models.imports import ImportRun
from webapp.services import groups
from webapp.services.events import emit
from webapp.services.imports import sentences
from webapp.services.locks import held
from webapp.services.pages import PAGE, Page, page

WAITING: Final = ("uploaded",)
RUNNING: Final = ("queued", "reading", "merging")

# Reading takes less of the time than merging.
_READING_SHARE: Final = 35


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is, in hundredths; the rows read, and those of them that are settled."""

    done: int
    read: int
    settled: int


def described(run: ImportRun) -> dict[str, Any]:
    """The import as events and the API tell it."""
    return {
        "id": str(run.id),
        "fileName": run.file_name,
        "groupId": as_json.key(run.group_id),
        "onExisting": run.on_existing,
        "status": run.status,
        "error": str(sentences.told(run.error)) if run.error else None,
        "rows": run.read_rows,
        "added": run.added,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "repeated": run.repeated,
        "refused": run.refused,
        "createdAt": run.created_at.isoformat(),
        "completedAt": as_json.moment(run.completed_at),
    }


def listed(
    tenant_id: uuid.UUID,
    *,
    newer: uuid.UUID | None = None,
    older: uuid.UUID | None = None,
    limit: int = PAGE,
) -> Page[ImportRun]:
    """One page of imports, newest first."""
    return page(ImportRun.of(tenant_id), ImportRun.id, newer=newer, older=older, limit=limit)


def refused_address(run: ImportRun) -> str:
    """Where programs fetch the refused rows of an import."""
    return f"{current_app.config['CRIER'].base_url}/api/v1/contacts/imports/{run.id}/refused"


def get(tenant_id: uuid.UUID, run_id: uuid.UUID) -> ImportRun:
    run: ImportRun | None = db.session.scalar(ImportRun.of(tenant_id).where(ImportRun.id == run_id))
    if run is None:
        raise NotFound(N_("There is no such import."))
    return run


def failure(run: ImportRun) -> Refusal | None:
    """Why an import ended early, if it did and not because somebody asked for it."""
    return sentences.told(run.error) if run.error else None


def group_of(run: ImportRun) -> Group | None:
    """The group that everybody in the list joins, also when it is in the trash meanwhile."""
    return db.session.get(Group, (run.tenant_id, run.group_id)) if run.group_id else None


def locked(tenant_id: uuid.UUID, run_id: uuid.UUID, *, skip_locked: bool = False) -> ImportRun | None:
    """The run as it is now, for this transaction alone; None if it is not there or somebody else has it."""
    return held(ImportRun.of(tenant_id).where(ImportRun.id == run_id), skip_locked=skip_locked)


def progress(run: ImportRun) -> Progress:
    read = _READING_SHARE * run.read_bytes // max(run.size, 1) if run.status == "reading" else _READING_SHARE
    merged = (100 - _READING_SHARE) * run.merged_rows // max(run.read_rows, 1)
    return Progress(0 if run.status == "queued" else read + merged, run.read_rows, run.merged_rows)


def cancel(tenant_id: uuid.UUID, run_id: uuid.UUID) -> ImportRun:
    """Stop an import. Whom it has brought in already stays; the rest of the file is forgotten."""
    get(tenant_id, run_id)
    run = locked(tenant_id, run_id)
    if run is None or run.status not in (*WAITING, *RUNNING):
        raise Conflict(N_("This import is over already."))
    end(run, "cancelled")
    # What is left of the file goes in steps, like everything else.
    on_commit(broker.ring, "run_import", tenant_id, run_id)
    db.session.commit()
    return run


def end(run: ImportRun, status: str, reason: Refusal | None = None) -> None:
    """The import is over in this way; told once, unless it had not begun."""
    begun = run.status in RUNNING
    run.status = status
    run.error = sentences.stored(reason) if reason else None
    run.completed_at = func.now()
    db.session.flush()
    if begun:
        _tell_group(run)
        emit(run.tenant_id, "contacts_imported", run.id, described(run))


def _tell_group(run: ImportRun) -> None:
    """Whom it has brought in joined the group, however it ended."""
    group = group_of(run)
    if group is not None and run.added + run.updated + run.unchanged:
        db.session.refresh(group)
        emit(run.tenant_id, "group_updated", group.id, groups.described(group))
