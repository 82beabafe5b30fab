"""Acts about imports of contacts."""

import uuid
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from webapp.api.acts.act import Act, Holder, Told, page_of, place
from webapp.api.shapes.imports import ImportAsked, ImportTold
from webapp.api.shapes.lists import Paged, list_of
from webapp.services.imports import refused, runs, whole

_BEGIN: Final = {"text/csv": whole.begin_csv, "application/x-ndjson": whole.begin_json_lines}


def told(run: Any) -> Told:
    """The import, and where its refused rows are."""
    return runs.described(run) | {"refusedUrl": runs.refused_address(run) if run.refused else None}


def _begin(holder: Holder, asked: ImportAsked, kind: str, stream: BinaryIO) -> Told:
    return told(_BEGIN[kind](holder.tenant_id, stream, **asked.given()))


def _listed(holder: Holder, asked: Paged) -> Told:
    return page_of(runs.listed(holder.tenant_id, limit=asked.limit, **place(asked.cursor)), told)


def _look(holder: Holder, key: uuid.UUID) -> Told:
    return told(runs.get(holder.tenant_id, key))


def _cancel(holder: Holder, key: uuid.UUID) -> Told:
    return told(runs.cancel(holder.tenant_id, key))


def _refused(holder: Holder, key: uuid.UUID) -> Iterator[str]:
    return refused.as_csv(runs.get(holder.tenant_id, key), ("Row in the file", "Reason"), str)


def _act(name: str, about: str, method: Any, path: str, run: Any, **more: Any) -> Act:
    scope = f"contacts:{'read' if method == 'GET' else 'write'}"
    return Act(f"imports.{name}", "imports", about, scope, method, f"/contacts/imports{path}", run, **more)


def _procedure(name: str, *about: Any, **more: Any) -> Act:
    """One without a file goes through the tRPC door, too."""
    return _act(name, *about, procedure=f"imports.{name}", **more)


ACTS: Final[tuple[Act, ...]] = (
    _act("create", "Bring in a list of contacts (phoneNumber, name, isActive and attributes), at most 50 MB and a "
         "million rows, in the background.", "POST", "", _begin, takes=ImportAsked, gives=ImportTold, status=202,
         heavy=True, raw=tuple(_BEGIN)),
    _procedure("list", "The imports, newest first, a page at a time.", "GET", "", _listed, takes=Paged,
         gives=list_of(ImportTold)),
    _procedure("getById", "How far an import is, and what came of it.", "GET", "/<uuid:id>", _look, gives=ImportTold,
               wrapped="import"),
    _procedure("cancel", "Stop an import. Whom it has brought in already stays.", "POST", "/<uuid:id>/cancel", _cancel,
               gives=ImportTold, wrapped="import"),
    _act("refused", "The rows that were refused, each with its reason, as a CSV file.", "GET",
         "/<uuid:id>/refused", _refused, heavy=True),
)  # fmt: skip
