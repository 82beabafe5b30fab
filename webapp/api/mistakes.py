"""Mistakes: what the checker of shapes finds in what was sent, all of it at once and in our own sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from webapp.api.shapes.base import ID
from webapp.domain.errors import N_

AT_MOST: Final = 10

_OBJECT: Final = N_("This must be a JSON object.")
_YES_OR_NO: Final = N_("This must be true or false.")
_WHOLE: Final = N_("This must be a whole number.")
_KEY: Final = N_("This must be an id, such as %(example)s.")
_OTHER: Final = N_("This is not as it must be; /api/v1/docs says how.")
_MORE: Final = N_("And %(count)d more.")
_NO_JSON: Final = N_("This is no JSON.")
_NO_JSON_AT: Final = N_("This is no JSON: it can not be read at line %(line)d, column %(column)d.")
_NOTHING: Final = N_("Nothing was sent. Send JSON.")
_SENTENCES: Final = {
    "missing": N_("This is required."),
    "extra_forbidden": N_("There is no field “%(name)s”."),
    "model_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": N_("This must be a list."),
    "string_type": N_("This must be a text."),
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "uuid_type": _KEY,
    "uuid_parsing": _KEY,
    "literal_error": N_("This must be %(expected)s."),
    "string_too_long": N_("This may have at most %(max_length)d characters."),
    "string_too_short": N_("This must have at least %(min_length)d characters."),
    "string_pattern_mismatch": N_("This must match %(pattern)s."),
    "too_long": N_("This may have at most %(max_length)d items."),
    "too_short": N_("This must have at least %(min_length)d items."),
    "greater_than_equal": N_("This must be %(ge)s or more."),
    "less_than_equal": N_("This must be %(le)s or less."),
    "less_than": N_("This must be less than %(lt)s."),
}
_EMPTY: Final = N_("This can not be empty.")
_PLACE: Final = re.compile(r"line (\d+) column (\d+)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What has to be put right, and why; an empty field speaks of the whole."""

    field: str
    sentence: str


def no_json(line: int | None = None, column: int = 0) -> str:
    """That something is no JSON, and from where on."""
    if line is None:
        return str(_(_NO_JSON))
    return str(_(_NOTHING) if (line, column) == (1, 0) else _(_NO_JSON_AT, line=line, column=column))


def unread(error: ValidationError) -> str | None:
    """Why the text could not be read as JSON; None when it could."""
    first = _details(error)[0]
    if first["type"] != "json_invalid":
        return None
    place = _PLACE.search(first["msg"])
    return no_json(int(place[1]), int(place[2])) if place else no_json()


def of(error: ValidationError) -> list[Mistake]:
    """Every mistake, in the order of the shape's fields, then those that it does not have."""
    return [_mistake(one) for one in _details(error)]


def together(found: list[Mistake]) -> str:
    """All of them in one text; each behind its field when there are several."""
    return found[0].sentence if len(found) == 1 else " ".join(_told(found))


def _told(found: list[Mistake]) -> Iterator[str]:
    for one in found[:AT_MOST]:
        yield f"{one.field}: {one.sentence}" if one.field else one.sentence
    if len(found) > AT_MOST:
        yield _(_MORE, count=len(found) - AT_MOST)


def _details(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_input=False)


def _mistake(one: ErrorDetails) -> Mistake:
    field = ".".join(str(part) for part in one["loc"])
    context = one.get("ctx", {})
    if one["type"] in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return Mistake(field, _(_EMPTY))
    values = {"name": field[:100], "example": ID, **context}
    return Mistake(field, _(_SENTENCES.get(one["type"], _OTHER), **values))
