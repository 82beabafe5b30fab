"""A row of the file becomes the fields of a contact, or the reason why it does not."""

from dataclasses import dataclass
from typing import Any, Final

from webapp.domain import csv_columns, fields, header_words, phones
from webapp.domain.csv_export import unguard
from webapp.domain.csv_records import MAX_CELL, MAX_COLUMNS, Record
from webapp.domain.errors import N_, Invalid
from webapp.models.imports import ImportRun
from webapp.services.imports import sentences
from webapp.services.imports.limits import MAX_NAME

_TOO_MANY_CELLS: Final = N_(
    "This row has more cells than there are columns. Put text with a separator in it into quotation marks."
)
_CELL_TOO_LONG: Final = N_("A cell of this row is longer than 4,096 characters.")
_NAME_TOO_LONG: Final = N_("The name is longer than 200 characters.")
_ACTIVE_UNKNOWN: Final = N_("Whether this person is active must be yes or no. Here stands “%(text)s”.")

# As jsonb_to_recordset reads it into import_rows.
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row what stands. `names` are one column, or those of the first and the last name."""

    width: int
    default_country: str | None
    phone: int
    names: tuple[int, ...]
    is_active: int | None
    attributes: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, run: ImportRun) -> "Columns":
        at = {target: int(position) for position, target in run.mapping.items()}
        named = [at[t] for t in (csv_columns.NAME, csv_columns.FIRST_NAME, csv_columns.LAST_NAME) if t in at]
        attributes = [
            (position, target.removeprefix(csv_columns.ATTRIBUTE))
            for target, position in at.items()
            if target.startswith(csv_columns.ATTRIBUTE)
        ]
        return cls(
            width=len(run.mapping),
            default_country=run.default_country,
            phone=at[csv_columns.PHONE],
            names=tuple(named),
            is_active=at.get(csv_columns.IS_ACTIVE),
            attributes=tuple(attributes),
        )


def fields_of(record: Record, columns: Columns, number: int) -> Fields:
    """The row of import_rows for a record: taken, or refused with its reason and its cells."""
    try:
        return {"row_number": number} | _taken(record, columns)
    except Invalid as refusal:
        cells = [cell[:MAX_CELL] for cell in record.cells[:MAX_COLUMNS]]
        return {"row_number": number, "reason": sentences.stored(refusal), "cells": cells}


def _taken(record: Record, columns: Columns) -> Fields:
    if record.fault:
        raise Invalid("", record.fault)
    cells = record.cells
    if len(cells) > columns.width and any(map(str.strip, cells[columns.width :])):
        raise Invalid("", _TOO_MANY_CELLS)
    if max(map(len, cells)) > MAX_CELL:
        raise Invalid("", _CELL_TOO_LONG)
    cells = cells + [""] * (columns.width - len(cells))
    phone = phones.parse(cells[columns.phone], columns.default_country)
    return {
        "phone_key": phone.key,
        "phone_number": phone.e164,
        "is_doubtful": phone.doubtful,
        "name": _name([cells[at] for at in columns.names]),
        "attributes": {key: value for at, key in columns.attributes if (value := _value(cells[at]))},
        "is_active": None if columns.is_active is None else _yes_or_no(cells[columns.is_active]),
    }


def _name(cells: list[str]) -> str:
    name = fields.line("name", " ".join(map(unguard, cells)), MAX_CELL * 2, required=False)
    if len(name) > MAX_NAME:
        raise Invalid("name", _NAME_TOO_LONG)
    return name


def _value(cell: str) -> str:
    return fields.block("attributes", unguard(cell), MAX_CELL, required=False)


def _yes_or_no(cell: str) -> bool | None:
    word = header_words.plain(unguard(cell))
    if not word:
        return None
    if word not in header_words.YES | header_words.NO:
        raise Invalid("is_active", _ACTIVE_UNKNOWN, text=cell.strip()[:40])
    return word in header_words.YES
