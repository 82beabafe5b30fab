"""Three countries whose mobile numbers WhatsApp knows under two spellings (whatsapp-wire.md F.2)."""

import re
from typing import Final

# The ninth digit came between 2012 and 2016; older accounts keep their id without it. Eight digits that begin
# with 2 to 5 are landlines and never had it.
_BRAZIL: Final = re.compile(r"55([1-9][1-9])9?([6-9]\d{7})", re.ASCII)
_BRAZIL_KEEPS_THE_NINE_BELOW: Final = 29

# The 1 for mobiles was dropped from numbers in 2019 and stayed in WhatsApp's ids.
_MEXICO: Final = re.compile(r"521?([2-9]\d{9})", re.ASCII)

# The 9 for mobiles belongs to the international form and is missing in the national one.
_ARGENTINA: Final = re.compile(r"549?([1-3]\d{9})", re.ASCII)


def without_old_mexican_one(digits: str) -> str:
    """+52 1 55... is written +52 55... since 2019."""
    old = _MEXICO.fullmatch(digits)
    return f"52{old[1]}" if old else digits


def key(digits: str) -> str:
    """One spelling for all spellings of one person: the mobile number as it is dialled from abroad today."""
    if digits[0] != "5":
        return digits
    if brazil := _BRAZIL.fullmatch(digits):
        return f"55{brazil[1]}9{brazil[2]}"
    if argentina := _ARGENTINA.fullmatch(digits):
        return f"549{argentina[1]}"
    return without_old_mexican_one(digits)


def spellings(digits: str) -> list[str]:
    """Every WhatsApp id this person may have, the given spelling first."""
    return list(dict.fromkeys((digits, *_others(digits))))


def _others(digits: str) -> tuple[str, ...]:
    if brazil := _BRAZIL.fullmatch(digits):
        area, number = brazil.groups()
        short = () if int(area) < _BRAZIL_KEEPS_THE_NINE_BELOW else (f"55{area}{number}",)
        return (f"55{area}9{number}", *short)
    if mexico := _MEXICO.fullmatch(digits):
        return (f"52{mexico[1]}", f"521{mexico[1]}")
    if argentina := _ARGENTINA.fullmatch(digits):
        return (f"549{argentina[1]}", f"54{argentina[1]}")
    return ()
