"""A phone number as people and spreadsheets write it: which digits, and whether the country code is there."""

import re
import unicodedata
from typing import Final, NoReturn

from webapp.domain.characters import with_western_digits, without_format_marks
from webapp.domain.errors import N_, Invalid

MIN_DIGITS: Final = 7
MAX_DIGITS: Final = 15  # E.164

# One number with its spaces, brackets and prefix is far shorter; a whole sentence is not worth reading.
_MAX_TEXT: Final = 100

_AROUND: Final = " \t\r\n'\"‘’`="
_SCHEME: Final = re.compile(r"(?:tel|whatsapp)\.?:\s*", re.IGNORECASE)
_SAVED_AS_DECIMAL: Final = re.compile(r"(\d{7,15})\.0+", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"\d+(?:[.,]\d+)?\s?E\s?\+?\d+", re.ASCII | re.IGNORECASE)
_EXTENSION: Final = re.compile(
    r"\d\)?\s*(?:\b(?:ext|extn|extension|poste|ramal|anexo|доб|dw)|x|#|;ext=)\.?\s*:?\s*\d{1,7}\Z",
    re.IGNORECASE,
)
_BETWEEN_NUMBERS: Final = re.compile(r"[+,;|/\r\n]")
_FOREIGN: Final = re.compile(r"[^\d\s()+./‐‑‒–—―−·-]", re.ASCII)
_SIMPLE: Final = re.compile(r"\+?[\d() .-]+", re.ASCII)
_NOT_DIGITS: Final = str.maketrans("", "", "+() .-")


def read(text: str) -> tuple[str, bool]:
    """The digits as written, without + or 00, and whether the country code is among them.

    Raises Invalid with the reason when this is not exactly one number.
    """
    plain = _cleaned(text)
    if not _SIMPLE.fullmatch(plain):
        _refuse_what_is_no_number(plain)
        plain = re.sub(r"[^\d+]", "", plain, flags=re.ASCII)
    digits = plain.translate(_NOT_DIGITS)
    if not digits:
        refuse(N_("There is no phone number."))
    if "+" in plain:
        return digits, True
    return (digits[2:], True) if digits.startswith("00") else (digits, False)


def refuse(reason: str, **values: object) -> NoReturn:
    """Raise Invalid for the field of a phone number."""
    raise Invalid("phone_number", reason, **values)


def _cleaned(text: str) -> str:
    if len(text) > _MAX_TEXT:
        refuse(N_("This is too long to be one phone number."))
    if not text.isascii():
        text = with_western_digits(without_format_marks(unicodedata.normalize("NFKC", text)))
    text = _SCHEME.sub("", text.strip(_AROUND), count=1)
    decimal = _SAVED_AS_DECIMAL.fullmatch(text)
    return decimal[1] if decimal else text


def _refuse_what_is_no_number(plain: str) -> None:
    if _SCIENTIFIC.fullmatch(plain):
        refuse(N_("A spreadsheet has rounded this number. Format the column as text and enter it again."))
    if _EXTENSION.search(plain):
        refuse(N_("A WhatsApp number has no extension. Leave out what follows the number."))
    if _holds_several(plain):
        refuse(N_("There are several numbers here. Keep one."))
    if any(ch.isalpha() for ch in plain):
        refuse(N_("There are letters in this phone number."))
    if foreign := _FOREIGN.search(plain):
        refuse(N_("The character %(character)s does not belong in a phone number."), character=foreign[0])
    if plain.rfind("+") > 0 and plain[: plain.rfind("+")].strip("( "):
        refuse(N_("The + may stand only before the country code."))


def _holds_several(plain: str) -> bool:
    if sum(_count_digits(piece) >= MIN_DIGITS for piece in _BETWEEN_NUMBERS.split(plain)) > 1:
        return True
    number, stroke, ending = plain.rpartition("/")
    # "+1 202 555 0143/44": the ending replaces the last digits of a number that is already whole.
    return bool(stroke) and _count_digits(number) >= MIN_DIGITS and _count_digits(ending) < 4


def _count_digits(text: str) -> int:
    return sum(ch.isdecimal() for ch in text)
