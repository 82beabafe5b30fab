import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.search import Search, lower, read, upper_bound

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("", Search()),
        ("  \x00 ", Search()),
        ("Dana", Search(words=("dana",))),
        (" Dana  MÜLLER ", Search(words=("dana", "müller"))),
        ("Mu\u0308ller", Search(words=("müller",))),
        ("ΣΟΦΟΣ", Search(words=("σοφοσ",))),
        ("İpek", Search(words=("ipek",))),
        ("Dana 151", Search(words=("dana", "151"))),
        ("12", Search(words=("12",))),
        ("+49 151", Search(phone_prefix="49151")),
        ("0049 151", Search(phone_prefix="49151")),
        ("+1", Search(phone_prefix="1")),
        ("+", Search(words=("+",))),
        ("0151 234", Search(("0151", "234"), phone_prefix="0151234", phone_suffix="151234")),
        ("143", Search(("143",), phone_prefix="143", phone_suffix="143")),
        ("(202) 555-01", Search(("(202)", "555-01"), phone_prefix="20255501", phone_suffix="20255501")),
        ("\u202a+49151\u202c", Search(phone_prefix="49151")),
        ("000", Search(("000",), phone_prefix="0", phone_suffix="000")),
        ("0077", Search(("0077",), phone_prefix="77", phone_suffix="0077")),
        ("0151", Search(("0151",), phone_prefix="0151", phone_suffix="0151")),
    ],
)
def test_reads_words_or_digits(text, search):
    assert read(text) == search


def test_arabic_digits_find_the_same_number():
    assert read("٠١٥١").phone_suffix == "0151"


def test_a_novel_is_cut_down():
    words = read("x" * 100 + " a b c d e f g").words
    assert words == ("x" * 64, "a", "b", "c", "d", "e")


def test_an_empty_search_is_false():
    assert not read(" ")
    assert read("a")
    assert read("+123")


def test_lower_goes_letter_by_letter():
    assert lower("STRASSE ẞ ΟΔΟΣ İ I Ǆ") == "strasse ß οδοσ i i ǆ"


@given(texts)
def test_lower_keeps_the_length(text):
    assert len(lower(text)) == len(text)


@pytest.mark.parametrize(
    ("prefix", "bound"),
    [
        ("a", "b"),
        ("müller", "mülles"),
        ("", None),
        ("49", "4:"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff", None),
        ("\ud7ff", "\ue000"),
    ],
)
def test_the_bound_is_just_above_the_prefix(prefix, bound):
    assert upper_bound(prefix) == bound


@given(texts, texts)
def test_between_prefix_and_bound_lies_what_begins_with_it(prefix, other):
    bound = upper_bound(prefix)
    for text in (other, prefix + other):
        inside = prefix <= text and (bound is None or text < bound)
        assert inside == text.startswith(prefix)
        assert bound is None or bound.encode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("smith-jones", ("smith", "jones")),
        ("O'Brien (Dublin), Sean_3/4", ("o'brien", "dublin", "sean", "3", "4")),
        ("()", ()),
        ("a-b-c-d-e-f-g", ("a", "b", "c", "d", "e", "f")),
    ],
)
def test_words_are_broken_as_names_are(text, words):
    assert read(text).name_words() == words


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("0171 234", ("49171234",)),
        ("0171 23", ("49017123", "4917123")),
        ("171 234", ("49171234",)),
        ("017123456789", ("4917123456789",)),
        ("+49 171", ()),
        ("Dana", ()),
    ],
)
def test_a_number_is_also_found_as_it_is_dialled_at_home(typed, begins):
    assert read(typed).at_home("49") == begins
