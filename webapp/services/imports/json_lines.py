"""Lists as JSON lines: each line one contact, as the API writes it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from webapp.domain import attributes, csv_columns, fields, phones
from webapp.domain.csv_records import MAX_CELL
from webapp.domain.errors import N_, Invalid
from webapp.services.imports import sentences
from webapp.services.imports.limits import MAX_NAME
from webapp.services.imports.rows import Fields

# What import_runs.delimiter says of such a list.
JSON_LINES: Final = "json"
HEADERS: Final = ["phoneNumber", "name", "isActive", "attributes"]
# How the refused rows have the line itself, behind those.
LINE: Final = "Line as it was"
MAPPING: Final = {
    "0": csv_columns.PHONE,
    "1": csv_columns.NAME,
    "2": csv_columns.IS_ACTIVE,
    "3": csv_columns.ATTRIBUTE,
}
# A contact with every attribute as long as it may be has less.
_LONGEST: Final = 1024 * 1024

_NO_OBJECT: Final = N_("This line is no JSON object.")
_TOO_LONG: Final = N_("This line is too long.")
_NO_FIELD: Final = N_("There is no field “%(name)s”. Put it into attributes.")
_NO_GROUPS: Final = N_("A line names no groups. One for the whole list is said with the list.")
_NO_TEXT: Final = N_("%(name)s must be a text.")
_NO_TEXTS: Final = N_("attributes must be an object of texts.")
_NO_YES: Final = N_("isActive must be true or false.")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with how many bytes of the list it takes, its end included."""

    text: bytes
    size: int

    @property
    def is_empty(self) -> bool:
        return not self.text.strip()


def lines(blocks: Iterable[bytes]) -> Iterator[Line]:
    """The lines of a list, however its bytes are cut."""
    rest: list[bytes] = []
    for block in blocks:
        *ended, last = block.split(b"\n")
        for piece in ended:
            text = b"".join([*rest, piece])
            rest = []
            yield Line(text, len(text) + 1)
        rest.append(last)
    if text := b"".join(rest):
        yield Line(text, len(text))


def fields_of(line: Line, number: int, default_country: str | None) -> Fields:
    """The row of import_rows for a line: taken, or refused with its reason and what it says."""
    told: Any = None
    try:
        told = _object(line)
        return {"row_number": number} | _taken(told, default_country)
    except Invalid as refusal:
        return {"row_number": number, "reason": sentences.stored(refusal), "cells": _cells(line, told)}


def _object(line: Line) -> Mapping[str, Any]:
    if line.size > _LONGEST:
        raise Invalid("", _TOO_LONG)
    try:
        told = json.loads(line.text)
    except (ValueError, RecursionError):
        raise Invalid("", _NO_OBJECT) from None
    if not isinstance(told, dict):
        raise Invalid("", _NO_OBJECT)
    return told


def _taken(told: Mapping[str, Any], default_country: str | None) -> Fields:
    if "groupIds" in told:
        raise Invalid("", _NO_GROUPS)
    if unknown := sorted(set(told) - set(HEADERS)):
        raise Invalid("", _NO_FIELD, name=_clean(unknown[0])[:40])
    phone = phones.parse(_text(told, "phoneNumber"), default_country)
    return {
        "phone_key": phone.key,
        "phone_number": phone.e164,
        "is_doubtful": phone.doubtful,
        "name": fields.line("name", _text(told, "name"), MAX_NAME, required=False),
        "attributes": _attributes(told.get("attributes") or {}),
        "is_active": _yes_or_no(told.get("isActive")),
    }


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(name, _NO_TEXT, name=name)
    return _clean(value)


def _attributes(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise Invalid("attributes", _NO_TEXTS)
    return attributes.cleaned((_clean(name), _clean(one)) for name, one in value.items())


def _yes_or_no(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise Invalid("isActive", _NO_YES)
    return value


def _clean(text: str) -> str:
    """JSON can write halves of characters, which no text of PostgreSQL has."""
    return text.encode("utf-8", "replace").decode()


def _cells(line: Line, told: Any) -> list[str]:
    """Its fields, as far as it has them, and the line itself."""
    values = (told.get(name) if isinstance(told, dict) else None for name in HEADERS)
    texts = [
        value if isinstance(value, str) else "" if value is None else json.dumps(value) for value in values
    ]
    texts.append(line.text.decode("utf-8", "replace").strip())
    return [_clean(text).replace("\0", "")[:MAX_CELL] for text in texts]
