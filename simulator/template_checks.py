"""Whether the parameters of a template message fit the template it names."""

from typing import Any

from simulator.errors import GraphError
from simulator.templates import Template

_MOST_TEXT = {"HEADER": 60, "BODY": 1024}
_MEDIA = ("IMAGE", "VIDEO", "DOCUMENT", "LOCATION")


def check(template: Template, sent: dict[str, Any]) -> None:
    """GraphError 100, 131008, 132000, 132005 or 132012 where it does not fit."""
    components = sent.get("components", [])
    given = {each["type"].lower(): each for each in components if each["type"].lower() != "button"}
    _check_header(template, given.get("header", {}).get("parameters", []))
    _check_text(template, "BODY", given.get("body", {}).get("parameters", []))
    _check_buttons(template, [each for each in components if each["type"].lower() == "button"])


def _check_header(template: Template, parameters: list[dict[str, Any]]) -> None:
    wanted = template.component("HEADER").get("format", "TEXT")
    if wanted not in _MEDIA:
        _check_text(template, "HEADER", parameters)
        return
    got = str(parameters[0]["type"]).upper() if parameters else "UNKNOWN"
    if got != wanted:
        raise GraphError(132012, f"header: Format mismatch, expected {wanted}, received {got}")


def _check_text(template: Template, kind: str, parameters: list[dict[str, Any]]) -> None:
    wanted, where = template.variables(kind), kind.lower()
    if len(parameters) != len(wanted):
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match the expected number "
            f"of params ({len(wanted)})",
        )
    if strange := [
        each["type"] for each in parameters if each["type"].lower() not in ("text", "currency", "date_time")
    ]:
        raise GraphError(132012, f"{where}: Format mismatch, expected TEXT, received {strange[0].upper()}")
    _check_names(template, where, wanted, parameters)
    if len(template.filled(kind, _in_order(wanted, parameters))) > _MOST_TEXT[kind]:
        raise GraphError(132005, f"{where}: text is longer than {_MOST_TEXT[kind]} characters")


def _check_names(template: Template, where: str, wanted: list[str], parameters: list[dict[str, Any]]) -> None:
    names = [each.get("parameter_name") for each in parameters]
    if template.parameter_format != "NAMED":
        if any(names):
            raise GraphError(132012, f"{where}: parameter names given for a template with positions")
        return
    if not all(names):
        raise GraphError(100, f"{where}: Parameter name is missing or empty")
    if set(names) != set(wanted):
        raise GraphError(132012, f"{where}: parameters must be named {', '.join(wanted)}")


def _in_order(wanted: list[str], parameters: list[dict[str, Any]]) -> list[str]:
    named = {each.get("parameter_name"): _shown(each) for each in parameters}
    return [named.get(name) or _shown(each) for name, each in zip(wanted, parameters, strict=True)]


def _shown(parameter: dict[str, Any]) -> str:
    """The value as people read it; Meta shows the fallback of a currency or date."""
    content = parameter[parameter["type"].lower()]
    return str(content["fallback_value"] if isinstance(content, dict) else content)


def _check_buttons(template: Template, given: list[dict[str, Any]]) -> None:
    places = {int(each["index"]) for each in given}
    buttons = template.buttons()
    if wrong := [at for at in sorted(places) if at >= len(buttons)]:
        raise GraphError(132000, f"buttons: there is no button at index {wrong[0]}")
    for at, button in enumerate(buttons):
        if "{{" in str(button.get("url", "")) and at not in places:
            raise GraphError(131008, f"buttons: Button at index {at} of type Url requires a parameter")
