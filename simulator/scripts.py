"""Scripted recipients: +1 999 000 and a four-digit code say what happens to a message.

No such area code exists, so no list of real or invented numbers meets one by chance.
"""

from dataclasses import dataclass

_PREFIX = "1999000"
_LENGTH = len(_PREFIX) + 4


@dataclass(frozen=True, slots=True)
class Script:
    """`refusal` is an error before acceptance, `error` one that comes later as a failed status."""

    does: str
    statuses: tuple[str, ...] = ("sent", "delivered", "read")
    error: int | None = None
    refusal: int | None = None
    http_status: int | None = None
    every_other: bool = False  # the refusal spares every second post
    fast_repeat: bool = False  # refused with 131056 within 6 seconds of the last one
    held: bool = False
    fault: str | None = None  # one of faults.AFTER, or "silence"
    reply: str | None = None  # what inbound.reply makes of it


def _refused(code: int, does: str, http_status: int | None = None, *, every_other: bool = False) -> Script:
    return Script(does, refusal=code, http_status=http_status, every_other=every_other)


def _failed(code: int, does: str, *, held: bool = False) -> Script:
    return Script(does, statuses=("failed",), error=code, held=held)


DEFAULT = Script("Sent, delivered, read, like everybody else")
SCRIPTS: dict[str, Script] = {
    "0001": DEFAULT,
    "0002": Script("Sent and delivered, never read", statuses=("sent", "delivered")),
    "0003": Script("Sent and read, no delivered", statuses=("sent", "read")),
    "0004": Script("Accepted, then no status at all", statuses=()),
    "0005": Script("Sent, then nothing more", statuses=("sent",)),
    "0190": _refused(190, "Refused: 190, token expired"),
    "0408": Script("Accepted, but the answer never comes", fault="silence"),
    "0429": _refused(
        130429, "Refused: 130429 as HTTP 429, every second post accepted", 429, every_other=True
    ),
    "0430": _refused(130429, "Refused: 130429, always"),
    "0472": _failed(130472, "Fails later: 130472, experiment group"),
    "0500": Script("Accepted, but the answer is a bare HTTP 500", fault="bare_500"),
    "0502": Script("Accepted, but the answer is a bad gateway page", fault="bad_gateway"),
    "1000": _refused(131000, "Refused: 131000 as HTTP 500, always"),
    "1026": _failed(131026, "Fails later: 131026, undeliverable"),
    "1042": _refused(131042, "Refused: 131042, payment"),
    "1047": _failed(131047, "Fails later: 131047, no open window"),
    "1048": _refused(131048, "Refused: 131048, spam limit of the number"),
    "1049": _failed(131049, "Fails later: 131049, healthy engagement"),
    "1050": _failed(131050, "Fails later: 131050, opted out of marketing"),
    "1056": Script("Refused: 131056, when posted to again within 6 seconds", fast_repeat=True),
    "2001": Script("Held for quality assessment, then released", held=True),
    "2015": _failed(132015, "Held for quality assessment, then dropped with 132015", held=True),
    "3001": Script('Replies "Hi" after reading', reply="Hi"),
    "3002": Script('Replies "STOP" after reading', reply="STOP"),
    "3003": Script("Taps the first button after reading", reply="button"),
    "3004": Script("Stops marketing messages natively after reading", reply="preference"),
}


def script_of(digits: str) -> Script:
    """What this recipient does; DEFAULT for everybody without a script."""
    if len(digits) != _LENGTH or not digits.startswith(_PREFIX):
        return DEFAULT
    return SCRIPTS.get(digits[len(_PREFIX) :], DEFAULT)
