"""Arrays written as text arrive as they are."""

import uuid

from hypothesis import given
from hypothesis import strategies as st
from psycopg import Connection

from webapp.arrays import plain, texts


def read(superuser: Connection, written: str, kind: str) -> object:
    found = superuser.execute(f"select %s::{kind}[]", (written,)).fetchone()  # type: ignore[arg-type]
    assert found is not None
    return found[0]


@given(
    values=st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
)
def test_any_text_arrives(superuser: Connection, values: list[str | None]) -> None:
    assert read(superuser, texts(values), "text") == values


def test_words_with_a_meaning_in_arrays_arrive(superuser: Connection) -> None:
    values = ["NULL", "null", "", "{}", "a,b", '"', "\\", '\\"', " padded ", "two\nlines", None]
    assert read(superuser, texts(values), "text") == values


def test_numbers_ids_and_times_arrive(superuser: Connection) -> None:
    one = uuid.uuid4()
    assert read(superuser, plain([1, None, -(2**62)]), "bigint") == [1, None, -(2**62)]
    assert read(superuser, plain([one, None]), "uuid") == [one, None]
    assert read(superuser, plain([1.5, 1e300, None]), "float8") == [1.5, 1e300, None]
    assert read(superuser, plain([]), "bigint") == []
