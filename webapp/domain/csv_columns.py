"""Which column of a list is what: told by its header in many languages, and by what stands in it."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from webapp.domain import header_words, phones, placeholders
from webapp.domain.csv_guess import looks_like_phone
from webapp.domain.errors import Invalid

PHONE: Final = "phone_number"
NAME: Final = "name"
FIRST_NAME: Final = "first_name"
LAST_NAME: Final = "last_name"
IS_ACTIVE: Final = "is_active"
ATTRIBUTE: Final = "attribute:"
LEFT_OUT: Final = ""

MAX_ATTRIBUTE_NAME: Final = 80


def guess(headers: Sequence[str], rows: Sequence[Sequence[str]], default_country: str | None) -> list[str]:
    """For each column what it most likely is: one of the words above, or `attribute:` with a name.

    `headers` is empty for a file that has none; `rows` are some of its rows.
    """
    width = len(headers) or max(map(len, rows), default=0)
    words = [header_words.plain(header) for header in headers] or [""] * width
    found: dict[int, str] = {}
    if (phone := _phone_column(words, rows, default_country)) is not None:
        found[phone] = PHONE
    _find_names(words, rows, found)
    _give(words, header_words.IS_ACTIVE, IS_ACTIVE, found)
    names = attribute_names(headers)
    return [
        found.get(at) or (names[at] if words[at] and words[at] not in header_words.OURS else LEFT_OUT)
        for at in range(width)
    ]


def attribute_names(headers: Sequence[str]) -> list[str]:
    """`attribute:` with a name that a placeholder can have, for each header; no two alike, none for an empty one."""
    taken: set[str] = set()
    names = []
    for header in headers:
        name = fresh = attribute_name(header)
        for number in range(2, len(headers) + 2):
            if placeholders.key(fresh) not in taken:
                break
            fresh = f"{name} {number}"
        taken.add(placeholders.key(fresh))
        names.append(ATTRIBUTE + fresh if fresh else LEFT_OUT)
    return names


def attribute_name(header: str) -> str:
    """The header in letters, digits and underscores, as {{placeholders}} are written."""
    kept = "".join(ch if ch in "_ " or unicodedata.category(ch)[0] in "LMN" else " " for ch in header)
    return " ".join(kept.split())[:MAX_ATTRIBUTE_NAME].strip()


def readable_phones(cells: Sequence[str], default_country: str | None) -> int:
    """How many of these cells are a phone number."""
    return sum(_is_phone(cell, default_country) for cell in cells)


def _phone_column(words: list[str], rows: Sequence[Sequence[str]], default_country: str | None) -> int | None:
    scores = [
        (_phone_share(_cells(rows, at), default_country) + 0.5 * _names_a_phone(word), -at)
        for at, word in enumerate(words)
    ]
    score, at = max(scores, default=(0, 0))
    return -at if score > (0.25 if any(words) else 0.2) else None


def _phone_share(cells: list[str], default_country: str | None) -> float:
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return 0
    # A number without its country code is a phone column too: which country is asked beside it.
    likely = sum(looks_like_phone(cell) for cell in filled) / 4
    return (readable_phones(filled, default_country) + likely) / len(filled)


def _names_a_phone(word: str) -> bool:
    return word in header_words.PHONE or any(part in word for part in header_words.PHONE_PARTS)


def _is_phone(cell: str, default_country: str | None) -> bool:
    try:
        phones.parse(cell, default_country)
    except Invalid:
        return False
    return True


def _find_names(words: list[str], rows: Sequence[Sequence[str]], found: dict[int, str]) -> None:
    first = _give(words, header_words.FIRST_NAME, FIRST_NAME, found)
    last = _give(words, header_words.LAST_NAME, LAST_NAME, found)
    if last and not first:
        first = _give(words, header_words.SHORT_NAME, FIRST_NAME, found)
    if first and not last:
        last = _give(words, header_words.LAST_IF_FIRST, LAST_NAME, found)
    if first or last:
        return
    whole = header_words.FULL_NAME | header_words.SHORT_NAME
    if not _give(words, whole, NAME, found) and not any(words):
        _find_name_without_header(len(words), rows, found)


def _find_name_without_header(width: int, rows: Sequence[Sequence[str]], found: dict[int, str]) -> None:
    for at in range(width):
        cells = [cell for cell in _cells(rows, at) if cell.strip()]
        if at not in found and cells and all(_looks_like_name(cell) for cell in cells):
            found[at] = NAME
            return


def _looks_like_name(cell: str) -> bool:
    return any(ch.isalpha() for ch in cell) and not any(ch.isdecimal() or ch in "@/" for ch in cell)


def _give(words: list[str], known: frozenset[str], target: str, found: dict[int, str]) -> bool:
    """Give the target to the first free column whose header is one of the known words."""
    for at, word in enumerate(words):
        if word in known and at not in found:
            found[at] = target
            return True
    return False


def _cells(rows: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at] for row in rows if at < len(row)]
