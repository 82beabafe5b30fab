"""Phone numbers: what people write becomes E.164, and one person has one key (whatsapp-wire.md F.2)."""

import re
from dataclasses import dataclass
from typing import Final

from webapp.domain import phone_plans, phone_text, phone_variants
from webapp.domain.errors import N_, Invalid
from webapp.domain.phone_plans import COUNTRIES as COUNTRIES
from webapp.domain.phone_text import refuse

_TOO_MANY_DIGITS: Final = N_("A phone number has at most 15 digits. This has more.")
_COUNTRY_CODE_MISSING: Final = N_(
    "The country code is missing. Write the number with + and its country code, or choose a default country."
)
_NOT_IN_THE_COUNTRY: Final = N_(
    "This is no phone number of the default country (%(country)s). Write it with + and its country code."
)

_E164: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_USER_ID: Final = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,128}")
_UUID_DIGITS: Final = r"[0-9a-fA-F]{4}"
_PHONE_IN_TEXT: Final = re.compile(
    r"(?:\+|%2[Bb])\d(?:[ ().\-/]{0,2}\d){6,14}"
    rf"|(?<![0-9A-Za-z])(?<!{_UUID_DIGITS}-)\d{{7,15}}(?![0-9A-Za-z])(?!-{_UUID_DIGITS}-)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be written to. `key` is the same for every spelling of one person.

    A doubtful one has a country code but no shape that is given out there: it may not exist.
    """

    e164: str
    key: str
    doubtful: bool


def parse(text: str, default_country: str | None) -> Phone:
    """The phone number written in a field or a cell; a national one needs the country (ISO, two letters).

    What has a country code and 7 to 15 digits is taken, even when doubtful. Raises Invalid with the reason.
    """
    if _E164.fullmatch(text):
        return _international(text[1:])
    digits, has_country_code = phone_text.read(text)
    country = (default_country or "").upper()
    return _international(digits) if has_country_code else _national(digits, country)


def from_wa_id(wa_id: str) -> Phone:
    """The number of a WhatsApp id, which is a number with country code and without +. Raises Invalid."""
    return parse(f"+{wa_id}", None)


def match_ids(e164: str) -> list[str]:
    """Every WhatsApp id under which this person may write to us, the likeliest first."""
    return phone_variants.spellings(phone_variants.without_old_mexican_one(e164.removeprefix("+")))


def bsuid_key(user_id: str) -> str:
    """The key of somebody who hides their number, from their business-scoped id; never a number's."""
    if not _USER_ID.fullmatch(user_id):
        raise Invalid("whatsapp_user_id", N_("This is not a WhatsApp user id."))
    return f"bsuid:{user_id}"


def pretty(e164: str) -> str:
    """The number as people write it across borders: +49 1512 3456789."""
    return phone_plans.spaced(e164.removeprefix("+"))


def mask(text: str) -> str:
    """The text with every phone number in it cut to +49…123, for logs. Ids of rows stay."""
    return _PHONE_IN_TEXT.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    digits = re.sub(r"%2[Bb]|\D", "", found[0])
    code = (phone_plans.calling_code(digits) or "") if found[0][0] in "+%" else ""
    return f"{'+' if code else ''}{code}…{digits[-3:]}"


def _international(digits: str) -> Phone:
    if digits[:1] == "0":
        refuse(N_("A country code cannot start with 0."))
    if len(digits) < phone_text.MIN_DIGITS:
        refuse(N_("This is too short: a phone number with its country code has at least 7 digits."))
    if len(digits) > phone_text.MAX_DIGITS:
        refuse(_TOO_MANY_DIGITS)
    phone = _given_out(digits)
    if phone is None and (dialled := phone_plans.without_trunk_prefix(digits)) != digits:
        phone = _given_out(dialled)
    return phone or _phone(digits, doubtful=True)


def _national(digits: str, country: str) -> Phone:
    if country not in COUNTRIES:
        refuse(_TOO_MANY_DIGITS if len(digits) > phone_text.MAX_DIGITS else _COUNTRY_CODE_MISSING)
    found = {phone for reading in phone_plans.readings(country, digits) if (phone := _given_out(reading))}
    if not found:
        refuse(_NOT_IN_THE_COUNTRY, country=country)
    if len(found) > 1:
        found = {phone for phone in found if phone_plans.is_mobile(phone.e164[1:])}
    if len(found) != 1:
        refuse(N_("This can be read as two numbers. Write it with + and its country code."))
    return found.pop()


def _given_out(digits: str) -> Phone | None:
    """The number when it, or the same person's other spelling, has a shape that exists."""
    phone = _phone(digits, doubtful=False)
    if phone_plans.is_valid(digits) or (phone.key != digits and phone_plans.is_valid(phone.key)):
        return phone
    return None


def _phone(digits: str, *, doubtful: bool) -> Phone:
    digits = phone_variants.without_old_mexican_one(digits)
    return Phone(f"+{digits}", phone_variants.key(digits), doubtful)
