"""Web addresses inside a text, found as WhatsApp finds them: http and https, www., and plain domains."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from webapp.domain.phone_plans import COUNTRIES

_GENERIC: Final = (
    "com org net info biz edu gov int io app dev shop store online site page link ai cloud blog news pro "
    "club xyz live agency studio digital email group team world today events tickets travel health bank eu uk"
)
_ENDINGS: Final = "|".join((*_GENERIC.split(), *(country.lower() for country in COUNTRIES)))

# Direction marks would let an address look like another.
_REST: Final = r"[^\s<>\"\u200e\u200f\u202a-\u202e\u2066-\u2069]*"
_LABELS: Final = r"(?:[^\W_](?:[^\W_]|-){0,62}\.)+"
_ADDRESS: Final = re.compile(
    rf"(?<![^\W_])(?<![^\W_]_)(?<![@.:/-])(?:(?P<scheme>https?://)(?=[^\W_]|\[){_REST}"
    rf"|(?:www\.{_LABELS}[^\W\d_]{{2,24}}|{_LABELS}(?:{_ENDINGS}))(?!_*[^\W_]|[@-])(?::\d{{1,5}})?(?:[/?#]{_REST})?)",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE: Final = ".,;:!?'\"*_~`»”’"


class Link(NamedTuple):
    """A piece of text, by its borders, and where it leads."""

    start: int
    end: int
    href: str


def find(text: str) -> Iterator[Link]:
    """The web addresses of a text in order. Nothing but http and https ever becomes one."""
    for found in _ADDRESS.finditer(text):
        address = _without_sentence_end(found[0])
        href = address if found["scheme"] else f"https://{address}"
        yield Link(found.start(), found.start() + len(address), href)


def _without_sentence_end(address: str) -> str:
    """The full stop, the bracket or the markup after an address belongs to the sentence around it."""
    while address[-1] in _ENDS_A_SENTENCE or (address[-1] == ")" and address.count(")") > address.count("(")):
        address = address[:-1]
    return address
