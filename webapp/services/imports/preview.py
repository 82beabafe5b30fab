"""What a person sees before the import starts: the columns, some of their cells, and a guess what each is."""

import uuid
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select

from webapp.db import db
from webapp.domain import csv_columns
from webapp.domain.errors import N_, Conflict
from webapp.models.groups import Group
from webapp.models.imports import ImportChunk, ImportRun
from webapp.models.tenants import Tenant
from webapp.services.imports import runs, shape

_ROWS_SHOWN: Final = 4
_GROUPS_AT_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """How the bytes of a file are read. None: as the file, or for the country the tenant, suggests."""

    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    default_country: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, its first cells, and what it is taken for (domain/csv_columns.py).

    `attribute` is the name it has if it becomes an attribute.
    """

    header: str
    cells: list[str]
    target: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The reading with nothing left open, the columns, and how many of the first phone numbers can be read."""

    reading: Reading
    columns: list[Column]
    readable: int
    looked_at: int


def preview(run: ImportRun, reading: Reading) -> Preview:
    """How the file looks when it is read like this. Raises Invalid for `file` when nothing is to be seen so."""
    reading, seen = look(run, reading)
    targets = csv_columns.guess(seen.headers, seen.rows, reading.default_country)
    headers = seen.headers or [""] * seen.width
    names = csv_columns.attribute_names(headers)
    columns = [
        Column(header, [_cell(row, at) for row in seen.rows[:_ROWS_SHOWN]], targets[at], _bare(names[at]))
        for at, header in enumerate(headers)
    ]
    phones = (
        [_cell(row, targets.index(csv_columns.PHONE)) for row in seen.rows]
        if csv_columns.PHONE in targets
        else []
    )
    readable = csv_columns.readable_phones(phones, reading.default_country)
    return Preview(reading, columns, readable, len(phones))


def look(run: ImportRun, reading: Reading) -> tuple[Reading, shape.Shape]:
    """The reading with its gaps filled, and the shape that the file has then."""
    head = db.session.scalar(
        select(ImportChunk.data).where(
            ImportChunk.tenant_id == run.tenant_id,
            ImportChunk.import_run_id == run.id,
            ImportChunk.position == 0,
        )
    )
    if run.status not in runs.WAITING or head is None:
        raise Conflict(N_("This import has started already."))
    encoding, delimiter = reading.encoding or run.encoding, reading.delimiter or run.delimiter
    seen = shape.of(head, encoding, delimiter, reading.has_header)
    country = reading.default_country
    if country is None:
        country = db.session.scalar(select(Tenant.default_country).where(Tenant.id == run.tenant_id))
    return replace(
        reading,
        encoding=encoding,
        delimiter=delimiter,
        has_header=bool(seen.headers),
        default_country=country or "",
    ), seen


def groups_to_choose(tenant_id: uuid.UUID) -> list[Group]:
    """The groups that the people of a list may come into, by name."""
    query = Group.of(tenant_id).order_by(func.lower(Group.name)).limit(_GROUPS_AT_MOST)
    return list(db.session.scalars(query))


def _cell(row: list[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _bare(target: str) -> str:
    return target.removeprefix(csv_columns.ATTRIBUTE)
