import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.csv_export import guard, lines, unguard

DANGEROUS = "=+-@＝＋－＠"
nasty = st.text("'\"=+-@＝＋－＠\t\r\n\0 ,;\ufeff\u200b\u00a0a1", max_size=8)
cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | nasty
phone_numbers = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", [*DANGEROUS, "\t", "\r", "\n", "\0", " =", "\u00a0+", "\ufeff=", "\u200b@"])
def test_no_cell_begins_like_a_formula(start):
    assert guard(f"{start}cmd") == f"'{start}cmd"


@pytest.mark.parametrize(
    "cell", ["", "Dana", "1-2", "a=b", "'quoted'", "dana@example.com", " Dana", "_", "'"]
)
def test_harmless_cells_stay_as_they_are(cell):
    assert guard(cell) == cell
    assert unguard(cell) == cell


@given(cells)
def test_a_guarded_cell_never_starts_with_danger(cell):
    assert guard(cell).strip("\ufeff\u200b \u00a0")[:1] not in (*DANGEROUS, "\t", "\r", "\n", "\0")


@given(cells)
def test_unguard_undoes_guard(cell):
    assert unguard(guard(cell)) == cell


@given(st.lists(st.lists(cells, min_size=2, max_size=4), max_size=4))
def test_what_is_exported_is_imported_unchanged(rows):
    text = "".join(lines(rows))
    assert [[unguard(cell) for cell in row] for row in read(text)] == rows


@given(st.lists(st.tuples(phone_numbers | nasty, cells), min_size=1, max_size=4))
def test_phone_columns_survive_the_round_trip_too(rows):
    text = "".join(lines(rows, phone_columns={0}))
    assert [tuple(unguard(cell) for cell in row) for row in read(text)] == rows


def test_only_whole_numbers_in_phone_columns_stay_bare():
    rows = [("+4915123456789", "+4915123456789"), ("+1+cmd|' /C calc'!A0", "x"), ("+4915123456789=x", "y")]
    assert list(lines(rows, phone_columns={0})) == [
        "+4915123456789,'+4915123456789\r\n",
        "'+1+cmd|' /C calc'!A0,x\r\n",
        "'+4915123456789=x,y\r\n",
    ]
