"""What somebody means who types into a search box: words, or the digits of a phone number."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from webapp.domain.characters import with_western_digits, without_format_marks

MAX_WORDS: Final = 6
MAX_WORD: Final = 64
MIN_PHONE_DIGITS: Final = 3

# Fewer digits are the beginning or the end of a number, as they stand in it.
MIN_WHOLE_NUMBER: Final = 7

# Where the trigger of migration 0002 breaks a name into words.
_BREAKS: Final = re.compile(r"""[\s.,;:()"/|_-]+""")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_PHONE: Final = re.compile(r"(\+?)[\d\s()./-]+", re.ASCII)
_LAST_BEFORE_SURROGATES: Final = "\ud7ff"
_FIRST_AFTER_SURROGATES: Final = "\ue000"
_HIGHEST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Search:
    """Find what has all the `words` (each the beginning of a word), or a number that fits the digits.

    Phone digits are without +. A number fits when it begins with the prefix or ends with the suffix.
    """

    words: tuple[str, ...] = ()
    phone_prefix: str | None = None
    phone_suffix: str | None = None

    def at_home(self, country_code: str) -> tuple[str, ...]:
        """How numbers begin whose digits were typed as they are dialled inside a country: 0171 234 is +49 171 234."""
        digits = self.phone_suffix or ""
        begins = (digits, digits.lstrip("0"))
        return tuple(dict.fromkeys(country_code + rest for rest in begins if len(rest) >= MIN_PHONE_DIGITS))

    def name_words(self) -> tuple[str, ...]:
        """The words as they stand in names: "Smith-Jones" is two."""
        return tuple(part for word in self.words for part in _BREAKS.split(word) if part)[:MAX_WORDS]

    def __bool__(self) -> bool:
        return bool(self.words or self.phone_prefix or self.phone_suffix)


def read(text: str) -> Search:
    """How a search is understood. It is false when there is nothing to search for."""
    plain = _CONTROL.sub("", unicodedata.normalize("NFC", text))
    words = tuple(lower(word)[:MAX_WORD] for word in plain.split()[:MAX_WORDS])
    shown = with_western_digits(without_format_marks(unicodedata.normalize("NFKC", plain))).strip()
    phone = _PHONE.fullmatch(shown)
    digits = re.sub(r"\D", "", shown, flags=re.ASCII) if phone else ""
    if phone is None or len(digits) < (1 if phone[1] else MIN_PHONE_DIGITS):
        return Search(words)
    if phone[1]:
        return Search(phone_prefix=digits)
    if len(digits) < MIN_WHOLE_NUMBER:
        return Search(words, phone_prefix=digits.removeprefix("00"), phone_suffix=digits)
    if digits.startswith("00"):
        return Search(phone_prefix=digits.removeprefix("00"))
    # 0151 23456789 ends +49 151 23456789: what is dialled before it at home is no part of the number.
    return Search(words, phone_prefix=digits, phone_suffix=digits.lstrip("0") or None)


def lower(text: str) -> str:
    """The text as lower() of PostgreSQL 18 writes it in the built-in locale C.UTF-8: letter by letter."""
    return "".join("i" if ch == "İ" else ch.lower() for ch in text)


def upper_bound(prefix: str) -> str | None:
    """The least text, by code point, above all that begin with the prefix: prefix <= x < bound finds them.

    None when nothing is above them.
    """
    head = prefix.rstrip(_HIGHEST)
    if not head:
        return None
    last = head[-1]
    above = _FIRST_AFTER_SURROGATES if last == _LAST_BEFORE_SURROGATES else chr(ord(last) + 1)
    return head[:-1] + above
