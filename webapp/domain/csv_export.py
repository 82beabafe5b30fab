"""CSV that a spreadsheet opens as text, never as a formula, and that comes back as it was."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

# Excel reads a file as UTF-8 only when it begins with this.
BYTE_ORDER_MARK: Final = "\ufeff"

# What spreadsheets take for the beginning of a formula (OWASP ASVS 1.2.10), also full-width and after
# blanks. Apostrophes before it count too, so that a cell which looks guarded comes back unchanged.
_FORMULA: Final = re.compile(
    r"'*[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
    r"[\t\r\n\0=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]"
)
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")


class _Line:
    """Where csv.writer writes: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[Sequence[str]], phone_columns: Collection[int] = ()) -> Iterator[str]:
    """The lines of a CSV file, each ending in CRLF. In phone columns a number in E.164 keeps its bare +."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    for cells in rows:
        yield writer.writerow(
            [
                cell if at in phone_columns and _PHONE.fullmatch(cell) else guard(cell)
                for at, cell in enumerate(cells)
            ]
        )


def guard(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """The cell as it was before `guard`: exactly our apostrophe goes, any other stays."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
