"""Refused rows: why how many, and all of them as a file that can be mended and imported again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Row, func, select

from webapp.db import act_for, db
from webapp.domain import csv_export
from webapp.domain.csv_columns import PHONE
from webapp.domain.errors import Refusal
from webapp.models.imports import ImportRow, ImportRun
from webapp.services.imports import sentences

FIRST: Final = 10
_REASONS_AT_MOST: Final = 20
_ROWS_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and how many rows it was given to."""

    refusal: Refusal
    count: int


def reasons(run: ImportRun) -> list[Reason]:
    """Why rows were refused, the most frequent reason first."""
    query = (
        select(ImportRow.reason, func.count().label("count"))
        .where(*_of(run))
        .group_by(ImportRow.reason)
        .order_by(func.count().desc(), ImportRow.reason)
        .limit(_REASONS_AT_MOST)
    )
    return [Reason(sentences.told(reason), count) for reason, count in db.session.execute(query) if reason]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its number in the file, the header not counted, what it says, and why not."""

    number: int
    cells: list[str]
    refusal: Refusal


def first(run: ImportRun, most: int = FIRST) -> list[Refused]:
    """The first refused rows, in the order of the file."""
    columns = select(ImportRow.row_number, ImportRow.cells, ImportRow.reason)
    rows = db.session.execute(columns.where(*_of(run)).order_by(ImportRow.row_number).limit(most))
    return [Refused(row.row_number, row.cells or [], sentences.told(row.reason or "")) for row in rows]


def as_csv(run: ImportRun, ours: tuple[str, str], words: Callable[[Refusal], str]) -> Iterator[str]:
    """The refused rows in the columns of their file; then, under `ours`, the number of the row and the reason, which
    `words` puts into the reader's language.

    A generator that is read after the page has answered: it tells the tenant anew.
    """
    act_for(run.tenant_id)
    widest = db.session.scalar(select(func.max(func.cardinality(ImportRow.cells))).where(*_of(run))) or 0
    width = max(widest, len(run.headers), len(run.mapping))
    headers, phone_columns = [*_padded(run.headers, width), *ours], _phone_columns(run)
    rows = (
        [*_padded(row.cells or [], width), str(row.row_number), words(sentences.told(row.reason or ""))]
        for row in _rows(run)
    )
    yield csv_export.BYTE_ORDER_MARK
    yield from csv_export.lines([headers], ())
    yield from csv_export.lines(rows, phone_columns)


def _rows(run: ImportRun) -> Iterator[Row[int, list[str] | None, str | None]]:
    after = 0
    columns = select(ImportRow.row_number, ImportRow.cells, ImportRow.reason)
    query = columns.where(*_of(run)).order_by(ImportRow.row_number).limit(_ROWS_AT_ONCE)
    while rows := db.session.execute(query.where(ImportRow.row_number > after)).all():
        # A slow reader must not hold a connection.
        db.session.rollback()
        yield from rows
        after = rows[-1].row_number


def _of(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    return (
        ImportRow.tenant_id == run.tenant_id,
        ImportRow.import_run_id == run.id,
        ImportRow.reason.is_not(None),
    )


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _phone_columns(run: ImportRun) -> set[int]:
    return {int(at) for at, target in run.mapping.items() if target == PHONE}
