"""What the definition of a new template must look like. Limits: Meta's template components page."""

import re
from typing import Any

from simulator.errors import GraphError

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
STATUSES = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "LIMIT_EXCEEDED", "FLAGGED")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_EDGE_VARIABLE = re.compile(r"^\s*{{|}}\s*$")
_MOST_LETTERS = {"HEADER": 60, "BODY": 1024, "FOOTER": 60}
_MOST_BUTTONS = 10
_TOO_LONG, _VARIABLE_AT_EDGE = 2388040, 2388299


def read(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a template that may be created, or GraphError 100 or 131008."""
    name, language = _text(body, "name", _NAME), _text(body, "language", _LANGUAGE)
    category, form = (
        str(body.get("category")).upper(),
        str(body.get("parameter_format", "POSITIONAL")).upper(),
    )
    _must(category in CATEGORIES, f"category must be one of {', '.join(CATEGORIES)}.")
    _must(form in ("POSITIONAL", "NAMED"), "parameter_format must be POSITIONAL or NAMED.")
    return {
        "name": name,
        "language": language,
        "category": category,
        "status": "PENDING",
        "parameter_format": form,
        "components": _components(body.get("components")),
    }


def _components(components: object) -> list[dict[str, Any]]:
    whole = isinstance(components, list) and all(
        isinstance(each, dict) and each.get("type") for each in components
    )
    _must(whole, "components must be a list of components with a type.")
    assert isinstance(components, list)
    made = [{**each, "type": str(each["type"]).upper()} for each in components]
    kinds = [each["type"] for each in made]
    _must("BODY" in kinds and len(set(kinds)) == len(kinds), "One BODY is required, and no component twice.")
    for component in made:
        _check_component(component)
    return made


def _check_component(component: dict[str, Any]) -> None:
    kind, text = component["type"], component.get("text", "")
    _must(isinstance(text, str), f"{kind}: text must be a string.")
    if len(text) > _MOST_LETTERS.get(kind, len(text)):
        raise GraphError(100, f"{kind}: text is too long.", subcode=_TOO_LONG)
    if kind == "BODY":
        _must(bool(text.strip()), "BODY: text is required.")
        if _EDGE_VARIABLE.search(text):
            raise GraphError(
                100, "BODY: text may not start or end with a variable.", subcode=_VARIABLE_AT_EDGE
            )
    if kind == "BUTTONS":
        _check_buttons(component.get("buttons"))


def _check_buttons(buttons: object) -> None:
    _must(
        isinstance(buttons, list) and 0 < len(buttons) <= _MOST_BUTTONS,
        "BUTTONS: 1 to 10 buttons are needed.",
    )
    assert isinstance(buttons, list)
    whole = all(
        isinstance(each, dict) and each.get("type") and isinstance(each.get("text"), str) for each in buttons
    )
    _must(whole, "BUTTONS: each button needs a type and a text.")


def _text(body: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = body.get(name)
    if value is None:
        raise GraphError(131008, f"{name} is required.")
    _must(isinstance(value, str) and pattern.fullmatch(value) is not None, f"{name} is not valid.")
    return str(value)


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise GraphError(100, sentence)
