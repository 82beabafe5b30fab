"""The records of a CSV file, from blocks of bytes, in bounded memory. A broken line costs that line alone."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from webapp.domain.errors import N_

MAX_COLUMNS: Final = 100
MAX_CELL: Final = 4096
# More than all cells at their longest. Beyond this it is a lost quotation mark or no list of people.
MAX_RECORD: Final = 512 * 1024

TOO_LONG: Final = N_("This line is too long to be one row of a list.")
QUOTES: Final = N_(
    "A quotation mark in this line has no partner. Write a quotation mark inside a quoted cell twice."
)
CHARACTERS: Final = N_(
    "Some characters of this row can not be read. Was it saved in another encoding than the others?"
)

_REPLACEMENT: Final = "\ufffd"
# A line and its length in the file. Of an endless one only the beginning is there.
_Line = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row and how many bytes of the file they took; no cells for an empty line.

    A faulty one says why. Where its cells can not be told apart, its first line is the only cell.
    """

    cells: list[str]
    size: int
    fault: str | None = None


def records(blocks: Iterable[bytes], encoding: str, delimiter: str) -> Iterator[Record]:
    """All records from the beginning of the blocks, which must be the beginning of a record."""
    feed = _Feed(_lines(blocks), encoding)
    reader = csv.reader(feed, delimiter=delimiter, strict=True, skipinitialspace=True)
    while feed.has_more():
        try:
            yield feed.record(next(reader))
        except (csv.Error, _TooLong):
            yield feed.broken_line()


class _TooLong(Exception):
    """A record has outgrown what a record may be."""


class _Feed:
    """Lines for csv.reader. Those that a lost quotation mark has swallowed can be given back."""

    def __init__(self, lines: Iterator[_Line], encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding
        self._waiting: deque[_Line] = deque()
        self._taken: list[_Line] = []
        self._size = 0
        self._unreadable = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        data, size = line = self._waiting.popleft() if self._waiting else next(self._lines)
        self._taken.append(line)
        self._size += size
        if self._size > MAX_RECORD:
            raise _TooLong
        text = data.decode(self._encoding, "replace")
        self._unreadable |= _REPLACEMENT in text
        return text.replace("\0", "")

    def has_more(self) -> bool:
        """Whether another record begins here."""
        self._taken, self._size, self._unreadable = [], 0, False
        if not self._waiting and (line := next(self._lines, None)) is not None:
            self._waiting.append(line)
        return bool(self._waiting)

    def record(self, cells: list[str]) -> Record:
        """What was read since the last record."""
        return Record(cells, self._size, CHARACTERS if self._unreadable else None)

    def broken_line(self) -> Record:
        """The first line of what was read; the others are read again, as rows of their own."""
        (data, size), *others = self._taken
        self._waiting.extendleft(reversed(others))
        text = data[: MAX_CELL * 4].decode(self._encoding, "replace").replace("\0", "").rstrip("\r\n")
        return Record([text[:MAX_CELL]], size, QUOTES if '"' in text and size <= MAX_RECORD else TOO_LONG)


def _lines(blocks: Iterable[bytes]) -> Iterator[_Line]:
    rest, left_out = b"", 0
    for block in blocks:
        *whole, rest = (rest + block).splitlines(keepends=True) or [b""]
        for line in whole:
            yield line, len(line) + left_out
            left_out = 0
        if len(rest) > MAX_RECORD and not rest.endswith((b"\r", b"\n")):
            left_out += len(rest) - MAX_RECORD
            rest = rest[:MAX_RECORD]
    if rest:
        yield rest, len(rest) + left_out
