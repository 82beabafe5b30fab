"""The shape of an uploaded list, told by its first rows: columns, header, where the people begin."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from webapp.domain import csv_guess
from webapp.domain.csv_export import unguard
from webapp.domain.csv_records import MAX_COLUMNS, Record, records
from webapp.domain.errors import N_, Invalid
from webapp.services.imports.limits import CHUNK

_HEADER_SHOWN: Final = 100
_NOBODY: Final = N_("There is nobody in this file: it has a header and no rows below.")
_TOO_MANY_COLUMNS: Final = N_("This file has %(count)s columns. At most %(limit)s can be read.")


@dataclass(frozen=True, slots=True)
class Shape:
    """Headers ([]: the file has none), some rows, how many columns, and the byte where the first row begins."""

    headers: list[str]
    rows: list[list[str]]
    width: int
    begins_at: int


def of(head: bytes, encoding: str, delimiter: str, has_header: bool | None = None) -> Shape:
    """The shape of a file that begins like this; without `has_header` the first row tells.

    Raises Invalid for `file` when no list of people begins like this.
    """
    if len(head) >= CHUNK:
        # The file goes on, and the piece may have cut its last line.
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    sample = csv_guess.first_records(head, encoding, delimiter)
    rows = _readable(sample)
    if has_header is None:
        has_header = csv_guess.has_header(rows[0])
    if not has_header or sample[0].fault:
        return Shape([], rows, _width([], rows), 0)
    headers, rows = rows[0], rows[1:]
    width = _width(headers, rows)
    if not rows:
        raise Invalid("file", _NOBODY)
    return Shape(_named(headers, width), rows, width, _end_of_first(head, encoding, delimiter))


def _readable(sample: list[Record]) -> list[list[str]]:
    rows = [record.cells for record in sample if not record.fault]
    if not rows:
        reason = sample[0].fault if sample else None
        raise Invalid("file", reason or N_("There are no rows in this file."))
    return rows


def _width(headers: list[str], rows: list[list[str]]) -> int:
    """As many columns as the header names, or more when most rows have more; at most 100."""
    widths = Counter(map(_filled, rows))
    most = [width for width, count in widths.items() if count > len(rows) / 2 or not headers]
    width = max([_filled(headers), *most])
    if width > MAX_COLUMNS:
        raise Invalid("file", _TOO_MANY_COLUMNS, count=width, limit=MAX_COLUMNS)
    return width


def _filled(cells: list[str]) -> int:
    """How many cells there are without the empty ones at the end."""
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)


def _named(headers: list[str], width: int) -> list[str]:
    shown = [" ".join(unguard(cell).split())[:_HEADER_SHOWN] for cell in headers[:width]]
    return shown + [""] * (width - len(shown))


def _end_of_first(head: bytes, encoding: str, delimiter: str) -> int:
    end = 0
    for record in records([head], encoding, delimiter):
        end += record.size
        if any(map(str.strip, record.cells)):
            break
    return end
