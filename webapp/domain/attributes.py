"""What a tenant knows of a contact beside name and number: a few names, each with a value."""

from collections.abc import Iterable
from typing import Final

from webapp.domain import fields, placeholders
from webapp.domain.csv_columns import attribute_name
from webapp.domain.errors import N_, Invalid

# As much as a row of an import may bring.
MOST: Final = 100
LONGEST_VALUE: Final = 4096


def cleaned(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values by names that a placeholder can have; what has no value is left out.

    Raises Invalid: a value without a name, a name twice, too many, too long.
    """
    found: dict[str, str] = {}
    keys: set[str] = set()
    for name, value in pairs:
        value = fields.block("attributes", value, LONGEST_VALUE, required=False)
        if not value:
            continue
        name = _name(name, value)
        if placeholders.key(name) in keys:
            raise Invalid("attributes", N_("“%(name)s” is there twice. Keep one."), name=name)
        keys.add(placeholders.key(name))
        found[name] = value
    if len(found) > MOST:
        raise Invalid("attributes", N_("Use at most %(count)d fields."), count=MOST)
    return found


def _name(text: str, value: str) -> str:
    name = attribute_name(fields.line("attributes", text, 200, required=False))
    if not name:
        shown = value if len(value) <= 40 else f"{value[:40]}…"
        raise Invalid("attributes", N_("“%(value)s” needs a name of letters or digits."), value=shown)
    return name
