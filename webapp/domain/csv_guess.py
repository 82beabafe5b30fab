"""What the first rows of a CSV file say about its shape: how cells are separated, whether there is a header."""

import itertools
import re
from collections import Counter
from typing import Final

from webapp.domain.csv_records import Record, records
from webapp.domain.errors import N_

# The words of a form for what would be lost in it as bare characters.
DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
DELIMITER_WORDS: Final = {
    "comma": N_("Comma  ,"),
    "semicolon": N_("Semicolon  ;"),
    "tab": N_("Tab"),
    "bar": N_("Vertical bar  |"),
}

_SAMPLE_ROWS: Final = 30
_SAID_BY_EXCEL: Final = re.compile(rb"\"?sep=([,;|\t])\"?\r?\n", re.IGNORECASE)


def said_delimiter(head: bytes) -> tuple[str | None, int]:
    """What a first line `sep=;`, as Excel understands it, says; and how long that line is."""
    found = _SAID_BY_EXCEL.match(head)
    return (found[1].decode(), found.end()) if found else (None, 0)


def delimiter(head: bytes, encoding: str) -> str:
    """The character that cuts most rows into the same number of cells, more than one."""
    return max(DELIMITERS.values(), key=lambda one: _fit(first_records(head, encoding, one)))


def first_records(head: bytes, encoding: str, one: str, count: int = _SAMPLE_ROWS) -> list[Record]:
    """The first records that are not empty."""
    filled = (record for record in records([head], encoding, one) if any(map(str.strip, record.cells)))
    return list(itertools.islice(filled, count))


def has_header(first_row: list[str]) -> bool:
    """Whether the first row names the columns: then none of its cells is a phone number."""
    return not any(looks_like_phone(cell) for cell in first_row)


def looks_like_phone(cell: str) -> bool:
    return sum(ch.isdecimal() for ch in cell) >= 7 and not any(ch.isalpha() for ch in cell)


def _fit(sample: list[Record]) -> tuple[float, int]:
    widths = Counter(len(record.cells) for record in sample)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return (count / len(sample), width) if width > 1 else (0, 0)
