"""What may stand in the fields of a webhook, whichever door it came through."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypedDict

from webapp.domain import events, fields
from webapp.domain.errors import N_, Invalid
from webapp.egress.rules import HTTPS_PORTS, METADATA, NOT_HTTPS, PORT, PRIVATE, Rules
from webapp.egress.urls import MAX_URL, AddressRefused, Target, read_url
from webapp.services import outgoing

DEFAULTS: Final[dict[str, Any]] = {"name": "", "url": "", "description": "", "events": (), "is_active": True}

# Names by which machines of a hosting provider reach its inner workings.
_METADATA_NAMES: Final = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data"})
# Names that stand for this machine or for one next to it, wherever they are asked for (RFC 6761, 6762, 8375, 9476).
_NEAR: Final = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain", "alt")


class Typed(TypedDict, total=False):
    """A webhook as somebody typed it. What is left out keeps its value, else takes the default."""

    name: str
    url: str
    description: str
    events: Collection[str]
    is_active: bool


def clean(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The columns among what was typed, as they are stored. No events at all means every event."""
    cleaners: dict[str, Callable[[Any], Any]] = {
        "name": lambda text: fields.line("name", text, 100),
        "url": _url,
        "description": lambda text: fields.block("description", text, 1000, required=False),
        "events": lambda names: list(events.chosen(names)) if names else [],
        "is_active": _yes_or_no,
    }
    return {name: cleaners[name](value) for name, value in typed.items() if name in cleaners}


def _url(text: str) -> str:
    """The address in its one true spelling. Its name is not looked up here: delivery looks at every connection."""
    rules = outgoing.rules()
    try:
        target = read_url(fields.line("url", text, MAX_URL), rules)
    except AddressRefused as refused:
        raise Invalid("url", refused.message) from None
    if why := _refusal_of_name(target, rules):
        raise Invalid("url", why)
    return target.url


def _refusal_of_name(target: Target, rules: Rules) -> str | None:
    """Why a name is certainly not called, without asking what it stands for."""
    if target.host in _METADATA_NAMES:
        return METADATA
    if any(opening.first_port <= target.port <= opening.last_port for opening in rules.openings):
        return None  # it may stand for a machine that the operator allows
    if "." not in target.host.strip(".") and ":" not in target.host:
        return PRIVATE
    if target.host.rpartition(".")[2] in _NEAR or target.host.endswith(".home.arpa"):
        return PRIVATE
    if target.scheme != "https":
        return NOT_HTTPS
    return None if target.port in HTTPS_PORTS else PORT


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("is_active", N_("This is either true or false."))
    return value
