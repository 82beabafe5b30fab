"""Who a phone number is on WhatsApp: its id, its business-scoped user id, a name to show."""

import re
import zlib
from typing import Any

_NAMES = ("Dana", "Sam", "Noor", "Ana", "Luis", "Mei", "Tariq", "Ines", "Jonas", "Zoë", "Amara", "João")
_BRAZIL_WITH_9 = 13
_WITHOUT_MOBILE_DIGIT = 12


def digits_of(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)


def wa_id_of(digits: str) -> str:
    """The WhatsApp id of a number: older accounts of three countries are not called as they are written.

    Brazil loses the 9 from area code 31 on, Mexico is 521, Argentina 549. Seen in practice, no rule of Meta.
    """
    if digits.startswith("55") and len(digits) == _BRAZIL_WITH_9:
        return digits[:4] + digits[5:] if digits[2:4] >= "31" and digits[4] == "9" else digits
    if len(digits) != _WITHOUT_MOBILE_DIGIT:
        return digits
    if digits.startswith("52"):
        return "521" + digits[2:]
    if digits.startswith("54") and digits[2] != "9":
        return "549" + digits[2:]
    return digits


def contact_of(wa_id: str) -> dict[str, Any]:
    """The `contacts` item of a callback about this person."""
    return {
        "profile": {"name": name_of(wa_id)},
        "wa_id": wa_id,
        "user_id": f"US.{int(wa_id) * 7919 % 10**18:018d}",
    }


def contact_of_user(user_id: str) -> dict[str, Any]:
    """The same for somebody who shows a user name and no number."""
    name = name_of(user_id)
    return {"profile": {"name": name, "username": f"@{name.lower()}"}, "user_id": user_id}


def name_of(person: str) -> str:
    return _NAMES[zlib.crc32(person.encode()) % len(_NAMES)]
