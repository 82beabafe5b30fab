"""Reading: the bytes of the file become rows, a step at a time."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from sqlalchemy import select, text

from webapp.db import db
from webapp.domain.csv_records import records
from webapp.domain.errors import N_, Conflict
from webapp.models.imports import ImportChunk, ImportRun
from webapp.services.imports import json_lines
from webapp.services.imports.limits import CHUNK, MAX_ROWS
from webapp.services.imports.rows import Columns, Fields, fields_of

_STEP_ROWS: Final = 2_000
_STEP_BYTES: Final = 1024 * 1024
_TOO_MANY_ROWS: Final = N_(
    "This file has more than 1,000,000 rows. Nobody was brought in. Split it and import the parts."
)
# COPY does not work on tables with row-level security.
_INSERT: Final = text("""
    insert into import_rows (tenant_id, import_run_id, row_number, phone_key, phone_number, is_doubtful,
                             name, attributes, is_active, reason, cells)
    select :tenant_id, :run_id, r.*
      from jsonb_to_recordset(cast(:rows as jsonb))
           as r(row_number int, phone_key text, phone_number text, is_doubtful boolean,
                name text, attributes jsonb, is_active boolean, reason text, cells text[])
""")


def step(run: ImportRun) -> None:
    """Read some more rows; at the end of the file the merging begins. Empty lines are no rows.

    Raises Conflict when there are more rows than an import takes.
    """
    rows: list[Fields] = []
    at, number = run.read_bytes, run.read_rows
    for size, parse in _parsed(run):
        at += size
        if parse is not None:
            number += 1
            rows.append(parse(number))
        if len(rows) >= _STEP_ROWS or at - run.read_bytes >= _STEP_BYTES:
            break
    else:
        run.status = "merging"
    if number > MAX_ROWS:
        raise Conflict(_TOO_MANY_ROWS)
    _insert(run, rows)
    run.read_bytes, run.read_rows = at, number
    run.refused += sum("reason" in row for row in rows)


def _parsed(run: ImportRun) -> Iterator[tuple[int, Callable[[int], Fields] | None]]:
    """Of each row how many bytes it takes, and what makes its fields when it is told its number; None: an empty one."""
    if run.delimiter == json_lines.JSON_LINES:
        for line in json_lines.lines(_blocks(run)):
            fields = partial(json_lines.fields_of, line, default_country=run.default_country)
            yield line.size, None if line.is_empty else fields
        return
    columns = Columns.of(run)
    for record in records(_blocks(run), run.encoding, run.delimiter):
        is_empty = not record.fault and not any(map(str.strip, record.cells))
        yield record.size, None if is_empty else partial(fields_of, record, columns)


def _insert(run: ImportRun, rows: list[Fields]) -> None:
    if rows:
        values = {"tenant_id": run.tenant_id, "run_id": run.id, "rows": json.dumps(rows)}
        db.session.execute(_INSERT, values)


def _blocks(run: ImportRun) -> Iterator[bytes]:
    position, skip = divmod(run.read_bytes, CHUNK)
    piece = select(ImportChunk.data).where(
        ImportChunk.tenant_id == run.tenant_id, ImportChunk.import_run_id == run.id
    )
    while (data := db.session.scalar(piece.where(ImportChunk.position == position))) is not None:
        yield data[skip:]
        position, skip = position + 1, 0
