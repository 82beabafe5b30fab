"""What the pages, the API and the services agree on about typed text."""

import re
import unicodedata

from webapp.domain.errors import N_, Invalid

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")


def line(field: str, text: str, longest: int, *, required: bool = True) -> str:
    """One line of text: trimmed, composed (NFC), spaces folded, without control characters.

    Raises:
        Invalid: empty though required, or longer than `longest` characters.
    """
    text = " ".join(_CONTROL.sub("", unicodedata.normalize("NFC", text)).split())
    return _checked(field, text, longest, required)


def block(field: str, text: str, longest: int, *, required: bool = True) -> str:
    """Several lines of text: line ends unified, otherwise as `line` without folding."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _checked(field, _CONTROL.sub("", text).strip(), longest, required)


def _checked(field: str, text: str, longest: int, required: bool) -> str:
    if required and not text:
        raise Invalid(field, N_("This can not be empty."))
    if len(text) > longest:
        raise Invalid(field, N_("Use at most %(count)d characters."), count=longest)
    return text
