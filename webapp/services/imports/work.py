"""The work on an import, in steps of one transaction each: what a step did and where it stands commit together."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select

from webapp import broker
from webapp.db import act_for, db
from webapp.domain.errors import N_, Conflict, Refusal
from webapp.models.imports import ImportChunk, ImportRun
from webapp.services.imports import merging, reading, runs
from webapp.services.imports.statements import execute

_SLICE_SECONDS: Final = 1.5
_TRIES: Final = 10
_LEFTOVERS_AT_ONCE: Final = 20_000
_WAITS: Final = timedelta(days=1)

_ACCIDENT: Final = N_(
    "Something went wrong on our side, several times. Whom the import has brought in stays; import the file again "
    "to bring in the rest."
)
_NOT_MAPPED: Final = N_("Nobody said within a day what the columns of this file are.")
_FORGET_ROWS: Final = """
    with forgotten as (
        delete from import_rows
         where tenant_id = :tenant_id and import_run_id = :run_id and reason is null
           and row_number <= (select max(row_number) from (
                   select row_number from import_rows
                    where tenant_id = :tenant_id and import_run_id = :run_id and reason is null
                    order by row_number limit :most) first)
        returning 1)
    select count(*) from forgotten"""


def advance(tenant_id: uuid.UUID, run_id: uuid.UUID) -> None:
    """Work on an import for a moment and ring for the next. May run twice, at once, or after any crash."""
    act_for(tenant_id)
    until = time.monotonic() + _SLICE_SECONDS
    while _step(tenant_id, run_id):
        if time.monotonic() > until or broker.is_stopping():
            broker.ring("run_import", tenant_id, run_id)
            return


def _step(tenant_id: uuid.UUID, run_id: uuid.UUID) -> bool:
    """One step; False when there is nothing more to do here, or somebody else is doing it."""
    run = runs.locked(tenant_id, run_id, skip_locked=True)
    act = _STEPS.get(run.status) if run else None
    if run is None or act is None:
        db.session.rollback()
        return False
    try:
        more = act(run)
        run.tries = 0
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return _fail(tenant_id, run_id, refusal)
    except Exception:
        db.session.rollback()
        _count_accident(tenant_id, run_id)
        raise
    return more


def _begin(run: ImportRun) -> bool:
    run.status = "reading"
    return True


def _read(run: ImportRun) -> bool:
    reading.step(run)
    return True


def _merge(run: ImportRun) -> bool:
    merging.guard(run)
    if merging.step(run):
        runs.end(run, "completed")
        _forget_file(run)
        return False
    return True


def _forget(run: ImportRun) -> bool:
    """What an import that ended early has left: rows that are not refused, then the file."""
    found = {"tenant_id": run.tenant_id, "run_id": run.id, "most": _LEFTOVERS_AT_ONCE}
    (forgotten,) = execute(_FORGET_ROWS, found) or (0,)
    if not forgotten:
        _forget_file(run)
    return bool(forgotten)


def _expire(run: ImportRun) -> bool:
    """An upload whose columns nobody named does not wait for ever."""
    now = db.session.scalar(select(func.now()))
    if now is None or now - run.created_at < _WAITS:
        return False
    runs.end(run, "cancelled", Conflict(_NOT_MAPPED))
    return True


_STEPS: Final[dict[str, Callable[[ImportRun], bool]]] = {
    "uploaded": _expire,
    "queued": _begin,
    "reading": _read,
    "merging": _merge,
    "failed": _forget,
    "cancelled": _forget,
}


def _forget_file(run: ImportRun) -> None:
    db.session.execute(
        delete(ImportChunk).where(ImportChunk.tenant_id == run.tenant_id, ImportChunk.import_run_id == run.id)
    )


def _fail(tenant_id: uuid.UUID, run_id: uuid.UUID, reason: Refusal) -> bool:
    run = runs.locked(tenant_id, run_id)
    if run is not None and run.status in runs.RUNNING:
        runs.end(run, "failed", reason)
    db.session.commit()
    return True


def _count_accident(tenant_id: uuid.UUID, run_id: uuid.UUID) -> None:
    """An import that stumbles again and again must not look as if it were still going on."""
    run = runs.locked(tenant_id, run_id)
    if run is not None:
        run.tries += 1
        if run.tries >= _TRIES and run.status in runs.RUNNING:
            runs.end(run, "failed", Conflict(_ACCIDENT))
    db.session.commit()
