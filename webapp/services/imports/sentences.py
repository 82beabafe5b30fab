"""Reasons as they are stored: the sentence and its values apart, so that each reader gets their own language."""

import json

from webapp.domain.errors import Refusal


def stored(refusal: Refusal) -> str:
    """One text that is the same for the same reason, so that reasons can be counted."""
    return json.dumps([refusal.message, refusal.values], ensure_ascii=False, default=str)


def told(text: str) -> Refusal:
    """The reason again; a door knows how to say a refusal."""
    message, values = json.loads(text)
    return Refusal(message, **values)
