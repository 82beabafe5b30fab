"""Choices: whether a message asks to hear no more, or to hear from us again."""

from collections.abc import Iterable
from typing import Final

from webapp.domain.opt_out import is_opt_in, is_opt_out
from webapp.providers.news import Inbound

# What a button of ours carries that stops messages, whatever its label says in whatever language.
OPT_OUT_PAYLOAD: Final = "OPTOUT:"

# A photo's caption or the name of a place is no wish.
_SPOKEN: Final = ("text", "button", "interactive")


def wants_messages(news: Inbound, stop_words: Iterable[str]) -> bool | None:
    """False for a stop word or button, True for START, None for everything else. A payload is looked at first.

    What is said in a group is said to the group."""
    if news.type not in _SPOKEN or "group_id" in news.extras:
        return None
    if news.payload.upper().startswith(OPT_OUT_PAYLOAD):
        return False
    said = [words for words in (news.payload, news.text) if words]
    if any(is_opt_out(words, stop_words) for words in said):
        return False
    return True if any(is_opt_in(words) for words in said) else None
