"""What a person said with a message, in their own words, whatever kind of message it was."""

from collections.abc import Callable
from typing import Any, Final

from webapp.providers.cloud.fields import clean, items, mapping

_LONGEST: Final = 65_536


def words_of(kind: str, message: dict[str, Any]) -> str:
    """What was typed, chosen, pressed or attached; empty for a photo without a caption."""
    content = message.get(kind)
    if kind == "contacts":
        names = (mapping(mapping(card).get("name")).get("formatted_name") for card in items(content))
        return ", ".join(filter(None, (clean(name, 200) for name in names)))
    read = _READERS.get(kind)
    return read(mapping(content)) if read else clean(mapping(content).get("caption"), _LONGEST)


def payload_of(kind: str, message: dict[str, Any]) -> str:
    """What the pressed button carries: ours to decide by, rather than its label."""
    content = mapping(message.get(kind))
    if kind == "button":
        return clean(content.get("payload"), 500)
    return clean(_reply(content).get("id"), 500) if kind == "interactive" else ""


def _reply(interactive: dict[str, Any]) -> dict[str, Any]:
    return mapping(interactive.get(clean(interactive.get("type"), 50)))


def _interactive(content: dict[str, Any]) -> str:
    reply = _reply(content)
    return clean(reply.get("title") or reply.get("body"), _LONGEST)


def _location(content: dict[str, Any]) -> str:
    named = [clean(content.get(part), 500) for part in ("name", "address")]
    spot = [str(content[part]) for part in ("latitude", "longitude") if _is_coordinate(content.get(part))]
    return ", ".join(filter(None, named)) or ", ".join(spot)


def _is_coordinate(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) <= 180


_READERS: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "text": lambda content: clean(content.get("body"), _LONGEST),
    "button": lambda content: clean(content.get("text"), _LONGEST),
    "interactive": _interactive,
    "location": _location,
    "reaction": lambda content: clean(content.get("emoji"), 50),
    "order": lambda content: clean(content.get("text"), _LONGEST),
    "system": lambda content: clean(content.get("body"), _LONGEST),
}
