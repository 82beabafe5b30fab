"""The numbering plans of the world, as phonenumbers knows them, compiled for the speed of an import."""

import re
from functools import cache
from typing import Any, Final

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType

COUNTRIES: Final = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))

_CALLING_CODES: Final = frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_KINDS: Final = (
    *("mobile", "fixed_line", "voip", "toll_free", "shared_cost"),
    *("premium_rate", "personal_number", "pager", "uan", "voicemail"),
)


def country_code(country: str) -> str:
    """The country calling code of a country, by its two letters."""
    return str(phonenumbers.country_code_for_region(country))


def calling_code(digits: str) -> str | None:
    """The country calling code that these digits begin with. No code is the beginning of another."""
    return next((digits[:n] for n in (1, 2, 3) if digits[:n] in _CALLING_CODES), None)


def is_valid(digits: str) -> bool:
    """Whether a number of this shape is given out: the same answer as phonenumbers.is_valid_number."""
    code = calling_code(digits)
    return code is not None and bool(_valid(code).fullmatch(digits, len(code)))


def without_trunk_prefix(digits: str) -> str:
    """The digits without what is dialled only inside the country: +49 (0)151 becomes +49 151."""
    code = calling_code(digits)
    trunk = _trunk(code) if code else None
    if trunk is None or not (found := trunk.match(digits, len(code or ""))) or found.end() == found.start():
        return digits
    try:
        return _digits(phonenumbers.parse(f"+{digits}", None))
    except phonenumbers.NumberParseException:
        return digits


def readings(country: str, digits: str) -> list[str]:
    """The international digits that these may mean in a country (ISO 3166, two letters): none, one or two.

    In Germany 4915123456789 is a mobile number that lost its +, and also the shape of a very long landline.
    """
    code = country_code(country)
    with_code = [digits] if digits.startswith(code) else []
    try:
        return [_digits(phonenumbers.parse(digits, country)), *with_code]
    except phonenumbers.NumberParseException:
        return with_code


def is_mobile(digits: str) -> bool:
    """Whether it is surely, or as in North America possibly, a mobile number."""
    kind = phonenumbers.number_type(_number(digits))
    return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def spaced(digits: str) -> str:
    """The international way to write it: +49 1512 3456789. Never other digits than the given ones."""
    written = f"+{digits}"
    if not calling_code(digits):
        return written
    pretty: str = phonenumbers.format_number(_number(digits), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return pretty if re.sub(r"\D", "", pretty) == digits else written


def _number(digits: str) -> PhoneNumber:
    code = calling_code(digits) or ""
    national = digits[len(code) :]
    zeros = len(national) - len(national[:-1].lstrip("0")) - 1
    number = PhoneNumber(int(code), int(national), italian_leading_zero=zeros > 0 or None)
    number.number_of_leading_zeros = zeros if zeros > 1 else None
    return number


def _digits(number: PhoneNumber) -> str:
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"


@cache
def _valid(code: str) -> re.Pattern[str]:
    """All national numbers of a calling code. Countries that share it are told apart by leading digits."""
    return re.compile("|".join(_shape(plan) for plan in _plans(code)), re.ASCII)


@cache
def _trunk(code: str) -> re.Pattern[str] | None:
    prefix = _plans(code)[0].national_prefix_for_parsing
    return re.compile(prefix, re.ASCII) if prefix else None


def _plans(code: str) -> list[Any]:
    """The countries of a calling code, the main one first. phonenumbers' own types allow None everywhere."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    return [PhoneMetadata.metadata_for_region_or_calling_code(int(code), region) for region in regions]


def _shape(plan: Any) -> str:
    """What fits the plan as a whole and one kind of number; the lengths listed beside them say no more."""
    leading = f"(?={plan.leading_digits})" if plan.leading_digits else ""
    kinds = [getattr(plan, kind) for kind in _KINDS]
    patterns = "|".join(
        kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern
    )
    return rf"{leading}(?=(?:{plan.general_desc.national_number_pattern})\Z)(?:{patterns})\Z"
