"""The document of /api/v1 (OpenAPI 3.1): made from the acts and their shapes, so that it can not say anything else."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from flask_openapi3.models import APISpec
from flask_openapi3.models.info import Info
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.api import once, v1
from webapp.api.acts.act import Act
from webapp.api.acts.catalogue import ACTS
from webapp.api.shapes.errors import Failed
from webapp.domain.scopes import SCOPES

VERSION: Final = "1.0.0"
ABOUT: Final = (
    "What the pages of Crier do with contacts, groups, templates, numbers, campaigns, messages and webhooks, a program "
    "can do; people, settings and keys are for people alone. Send a key with every request: "
    "`Authorization: Bearer crier_...`. Lists are told a page at a time, newest first: ask again with `cursor` until "
    "`nextCursor` is null. What is deleted lies in the trash and can be restored. A POST with an `Idempotency-Key` "
    "has one effect, however often it is sent in a day. Each key may send 600 requests a minute, 60 of them imports, "
    "files and tests."
)
_REF: Final = "#/components/schemas/{model}"
_LIMITS: Final = {
    "RateLimit-Limit": "How many requests a key may send in a minute.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "In how many seconds the next minute begins.",
}
_WHY: Final = {
    "400": "The body is no JSON.",
    "401": "No valid key was sent.",
    "403": "The key lacks the scope.",
    "404": "There is no such object here.",
    "409": "Its state does not allow this, or the first request with this Idempotency-Key is still being answered.",
    "413": "The body is too large.",
    "415": "The body is of another kind.",
    "422": "Something that was given can not be taken; `field` says what.",
    "429": "Too many requests; Retry-After says how many seconds to wait.",
}


_EXAMPLES: Final = {
    "400": ("bad_request", "This is no JSON: it can not be read at line 2, column 18.", ""),
    "401": ("unauthorized", "Send your API key as “Authorization: Bearer crier_…”.", ""),
    "403": ("forbidden", "This key may not do this. It needs the scope contacts:write.", ""),
    "404": ("not_found", "There is no such contact.", ""),
    "409": ("conflict", "This campaign was started already.", ""),
    "413": ("too_large", "This is too large.", ""),
    "415": ("unsupported_media_type", "This takes application/json: say so in the header Content-Type.", ""),
    "422": ("invalid", "This can not be empty.", "name"),
    "429": ("too_many_requests", "Too many requests. Wait 23 seconds and go on.", ""),
}


@cache
def whole() -> dict[str, Any]:
    """The document, as JSON has it."""
    spec = APISpec(openapi="3.1.0", info=Info(title="Crier", version=VERSION), paths=v1.bp.paths)
    told: dict[str, Any] = spec.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)
    told["info"]["description"] = ABOUT
    told["tags"] = [{"name": words} for words in v1.ROOMS.values()]
    told["components"] = {
        "schemas": _schemas(),
        "responses": {f"Failed{status}": _failed(status) for status in _WHY},
        "headers": {name: _header(words) for name, words in _LIMITS.items()},
        "securitySchemes": {"key": _key()},
    }
    told["servers"] = [{"url": "/"}]
    acts = {v1.endpoint_of(act): act for act in ACTS}
    for operation in _operations(told):
        _complete(operation, acts.get(operation["operationId"]), told["components"]["schemas"])
    return told


def _operations(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in told["paths"].values():
        yield from (path[method] for method in ("get", "post", "patch", "delete") if method in path)


def _schemas() -> dict[str, Any]:
    shapes = {
        shape
        for act in ACTS
        for shape in (act.takes, act.gives)
        if shape and not (act.asks_in_address and shape is act.takes)
    }
    shapes.add(Failed)
    _names, made = models_json_schema(
        [(shape, "validation") for shape in sorted(shapes, key=lambda one: one.__name__)], ref_template=_REF
    )
    definitions: dict[str, Any] = made["$defs"]
    for schema in definitions.values():
        for field in schema.get("properties", {}).values():
            _say_default(field)
    return definitions


def _say_default(field: dict[str, Any]) -> None:
    """In words: generators take a field with a default for one that is always there."""
    default = field.pop("default", None)
    if default not in (None, "", []):
        field["description"] = f"{field.get('description', '')} Left out: {json.dumps(default)}.".strip()


def _key() -> dict[str, Any]:
    scopes = "\n".join(f"- `{name}`: {words}" for name, words in SCOPES.items())
    return {
        "type": "http",
        "scheme": "bearer",
        "description": f"A key from Settings. It has scopes:\n\n{scopes}",
    }


def _complete(operation: dict[str, Any], act: Act | None, schemas: dict[str, Any]) -> None:
    """What the library leaves out: parameters as they are, examples, headers, the reasons of errors."""
    operation["security"] = [{"key": []}]
    if act is not None:
        operation["description"] = f"Needs the scope `{act.scope}`."
        operation["parameters"] = [*_parameters(act)]
    for status, answer in operation["responses"].items():
        if status in _WHY:
            operation["responses"][status] = {"$ref": f"#/components/responses/Failed{status}"}
            continue
        answer["description"] = "Done."
        answer["headers"] = _headers(status)
        if act is not None and status == str(act.status) and v1.makes_something(act):
            answer["headers"]["Location"] = _header("Where it is.", "string")
        _exemplify(answer.get("content", {}), schemas)
    body = operation.get("requestBody")
    if body and act is not None:
        _exemplify(body["content"], schemas)
        if act.raw:
            _need_bytes(body)


def _need_bytes(body: dict[str, Any]) -> None:
    """A file, of at least one byte: without any there is no kind of data to read it by."""
    body["required"] = True
    for media in body["content"].values():
        media["schema"] = media.get("schema", {}) | {"type": "string", "minLength": 1}


def _parameters(act: Act) -> Iterator[dict[str, Any]]:
    if act.has_id:
        schema = {"type": "string", "format": "uuid"}
        yield {"name": "id", "in": "path", "required": True, "schema": schema}
    if act.asks_in_address and act.takes is not None:
        yield from query_parameters(act.takes)
    if act.method == "POST":
        yield idempotency_key()


def query_parameters(shape: type[BaseModel]) -> Iterator[dict[str, Any]]:
    told = shape.model_json_schema()
    required = told.get("required", ())
    for name, schema in told["properties"].items():
        schema = _without_null(schema)
        yield {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": schema.pop("description", ""),
            "schema": schema,
        }


def idempotency_key() -> dict[str, Any]:
    return {
        "name": once.HEADER,
        "in": "header",
        "required": False,
        "description": "Your own name of this request: sent again, it has no second effect.",
        "schema": {"type": "string", "pattern": once.PATTERN, "examples": ["order-4711"]},
    }


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An address can not say null: what may be left out is simply not there."""
    some = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "default", "title")}
    default = {"default": schema["default"]} if schema.get("default") not in (None, "") else {}
    return (some[0] if some else {}) | kept | default


def _failed(status: str) -> dict[str, Any]:
    """The answer to what fails with this status; the same everywhere."""
    code, sentence, field = _EXAMPLES[status]
    error = {"code": code, "message": sentence} | ({"field": field} if field else {})
    media = {"schema": {"$ref": _REF.format(model="Failed")}, "example": {"error": error}}
    return {
        "description": _WHY[status],
        "headers": _headers(status),
        "content": {"application/json": media},
    }


def _headers(status: str) -> dict[str, Any]:
    if status == "401":
        return {"WWW-Authenticate": _header("What to send.", "string")}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMITS}
    return headers | ({"Retry-After": _header("Seconds.")} if status == "429" else {})


def _header(words: str, kind: str = "integer") -> dict[str, Any]:
    return {"description": words, "schema": {"type": kind}}


def _exemplify(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    for media in content.values():
        reference = media.get("schema", {}).get("$ref", "")
        if reference:
            media["example"] = example_of(schemas[reference.rsplit("/", 1)[1]], schemas)


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """An example made of the examples of its parts."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    for given in ("examples", "enum"):
        if given in schema:
            return schema[given][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "object":
        return {name: example_of(part, schemas) for name, part in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas)
    return schema.get("default", "")
