import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.opt_out import STOP_WORDS, is_opt_in, is_opt_out, normalise

FIXTURE = Path(__file__).parents[1] / "fixtures" / "optout_keywords.json"
WORDS = json.loads(FIXTURE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", [case["text"] for case in WORDS["opt_out"]])
def test_a_stop_word_alone_opts_out(text):
    assert is_opt_out(text)


@pytest.mark.parametrize("text", WORDS["not_opt_out"])
def test_a_sentence_does_not_opt_out(text):
    assert not is_opt_out(text)


@pytest.mark.parametrize("text", WORDS["opt_in_examples"])
def test_start_opts_in(text):
    assert is_opt_in(text)
    assert is_opt_in(f" {text.lower()}! ")


@pytest.mark.parametrize("text", ["yes", "YES", "ok", "start now", "restart", "", "👍"])
def test_nothing_else_opts_in(text):
    assert not is_opt_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "_*Stop*_",
        "stop\n",
        "S\u200bTOP",
        "🛑🛑 STOP ❤️",
        "“stop”",
        "الغاء",
        "إِلْغَاء",
        "बंद।",
        "IPTAL",
        "ıptal",
        "Stop\u00a0 all",
        "OPT‑OUT",
    ],
)
def test_dress_does_not_hide_a_stop_word(text):
    assert is_opt_out(text)


def test_marks_that_are_letters_stay():
    assert not is_opt_out("बद")
    assert normalise("が") != normalise("か")


def test_a_tenant_has_words_of_its_own():
    assert is_opt_out("Lopeta!", ("lopeta",))
    assert is_opt_out("lopeta", ("LÖPETÄ",))
    assert not is_opt_out("lopeta")
    assert not is_opt_out("lopeta nyt", ("lopeta",))


@pytest.mark.parametrize("text", ["", " ", "!", "🛑"])
def test_an_empty_word_of_a_tenant_matches_nothing(text):
    assert not is_opt_out(text, ("", "!", " "))


@given(st.sampled_from(sorted(STOP_WORDS)), st.text(" .!*_~\u200f🛑", max_size=5))
def test_every_word_matches_in_every_case_and_form(word, around):
    for form in ("NFC", "NFD"):
        assert is_opt_out(around + unicodedata.normalize(form, word.upper()) + around)


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)
