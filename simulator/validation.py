"""What a message request must look like: Meta's schema, and which of its error codes a fault of it gets."""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

import jsonschema_rs

from simulator.errors import GraphError

_SCHEMA = jsonschema_rs.validator_for(json.loads(Path(__file__).with_name("schema.json").read_text()))
# Half a letter beyond the first plane: JSON can write it, no UTF-8 can.
_HALF_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")
_UNFIT_VALUE = re.compile(r"[\n\r\t]| {5,}")
# Meta takes a number as people write it; the schema wants it bare.
_PUNCTUATION = str.maketrans("", "", " -()\u00a0")


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


# Python would take NaN and Infinity, which are no JSON.
_JSON = json.JSONDecoder(parse_constant=_not_json)


def parse_object(raw: bytes) -> dict[str, Any]:
    """The body as a JSON object; ValueError in a sentence for anything else."""
    try:
        body = _JSON.decode(raw.decode("utf-8"))
        if _HALF_LETTER.search(raw):
            json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise ValueError("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ValueError("The body is not a JSON object.")
    return body


def read_object(raw: bytes) -> dict[str, Any]:
    """The same with GraphError 100."""
    try:
        return parse_object(raw)
    except ValueError as error:
        raise GraphError(100, str(error)) from None


def read_message(raw: bytes) -> dict[str, Any]:
    """A message or a mark-as-read that the schema allows, or GraphError; `to` stays as it was written."""
    body = read_object(raw)
    to = body.get("to")
    bare = {**body, "to": to.translate(_PUNCTUATION)} if isinstance(to, str) else body
    try:
        if not _SCHEMA.is_valid(bare):
            _refuse(bare)
    except (ValueError, RecursionError):
        raise GraphError(100, "The body is nested too deeply.") from None
    return body


def _refuse(body: dict[str, Any]) -> NoReturn:
    error = next(iter(_SCHEMA.iter_errors(body)))
    where = ".".join(map(str, error.instance_path)) or "body"
    if _has_unfit_value(body):
        raise GraphError(132018)
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required and must be whatsapp.")
    match error.kind.name:
        case "required":
            raise GraphError(131008, f"{where}: {error.message}")
        case "additionalProperties" | "propertyNames":
            raise GraphError(100, f"Unexpected key in {where}: {error.message}")
        case _:
            raise GraphError(131009, f"{where}: {error.message}"[:1000])


def _has_unfit_value(body: dict[str, Any]) -> bool:
    """Whether a text parameter of a template has what Meta refuses in values."""
    template = body.get("template")
    components = template.get("components") if isinstance(template, dict) else None
    for component in components if isinstance(components, list) else ():
        parameters = component.get("parameters") if isinstance(component, dict) else None
        for parameter in parameters if isinstance(parameters, list) else ():
            text = parameter.get("text") if isinstance(parameter, dict) else None
            if isinstance(text, str) and _UNFIT_VALUE.search(text):
                return True
    return False
