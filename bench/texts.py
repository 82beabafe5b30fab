"""What is sent and to whom: the same for the engine and for the bare loop."""

from typing import Final

MESSAGE: Final = "Hello {{name}}, your order is ready. You can pick it up from tomorrow on."
_FIRST_PHONE: Final = 4915100000000


def name_of(number: int) -> str:
    return f"Person {number}"


def phone_of(number: int) -> str:
    return f"+{_FIRST_PHONE + number}"


def message_to(number: int) -> str:
    """The text as this person reads it."""
    return MESSAGE.replace("{{name}}", name_of(number))
