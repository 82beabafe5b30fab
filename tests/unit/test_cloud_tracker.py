import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.providers.tracker import make_tracker, read_tracker

KEY = b"k" * 32
NUMBERS = st.integers(min_value=0, max_value=2**63 - 1)


@given(NUMBERS)
def test_what_went_out_is_read_again(number):
    assert read_tracker(make_tracker(number, KEY), KEY) == number


@given(NUMBERS, NUMBERS)
def test_a_mark_speaks_for_one_number_only(number, other):
    proof = make_tracker(number, KEY).rpartition(".")[2]
    forged = make_tracker(other, KEY).rpartition(".")[0] + "." + proof
    assert read_tracker(forged, KEY) == (number if number == other else None)


def test_it_is_short_and_says_nothing_but_the_number():
    assert make_tracker(255, KEY).startswith("1.ff.")
    assert len(make_tracker(2**63 - 1, KEY)) < 32


def test_a_mark_of_another_installation_falls_out():
    assert read_tracker(make_tracker(7, b"other key"), KEY) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda mark: mark + "A",
        lambda mark: mark[:-1],
        lambda mark: mark.upper(),
        lambda mark: "2" + mark[1:],
        lambda mark: mark.replace("1.ff", "1.0ff"),
        lambda mark: mark.replace("1.ff", "1.FF"),
        lambda mark: mark.replace("1.ff", "1.ｆf"),
        lambda mark: " " + mark,
        lambda mark: mark + "\n",
        lambda mark: mark.rpartition(".")[0] + ".",
        lambda mark: "",
        lambda mark: "c42:r1001:a1",
        lambda mark: "1.8000000000000000.aaaaaaaaaaaa",
    ],
)
def test_anything_else_is_nobodys_number(change):
    assert read_tracker(change(make_tracker(255, KEY)), KEY) is None


@given(st.text(max_size=600))
def test_any_text_may_come_back(text):
    assert read_tracker(text, KEY) is None
