"""Characters that look like nothing or like something else: pasted text is full of them."""

import unicodedata


def without_format_marks(text: str) -> str:
    """The text without direction marks, zero-width characters, soft hyphens and byte order marks."""
    if text.isascii():
        return text
    return "".join(ch for ch in text if unicodedata.category(ch) != "Cf")


def with_western_digits(text: str) -> str:
    """The text with the decimal digits of every script written as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(ch)) if ch.isdecimal() else ch for ch in text)
