"""The types of the tRPC door for TypeScript: made from the same shapes as the door itself."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from webapp.api.acts.act import Act
from webapp.api.acts.catalogue import PROCEDURES
from webapp.api.shapes.base import Shape

_REF: Final = "#/$defs/{model}"
_HEAD: Final = """\
// Made by `flask --app wsgi api-client` from the shapes of the API: do not change it by hand.
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from "@trpc/server";

type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: unknown }>;
type Mutation<Input, Output> = TRPCMutationProcedure<{ input: Input; output: Output; meta: unknown }>;
type Root = { ctx: object; meta: object; errorShape: TRPCDefaultErrorShape; transformer: false };

/** The key's own tenant; it may be left out. */
type OfTenant = { tenantId?: string };
"""
_PLAIN: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def router() -> str:
    """The whole of clients/typescript/index.d.ts."""
    parts = [_HEAD, *(_interface(name, schema) for name, schema in sorted(_shapes().items())), _router()]
    return "\n".join(parts)


def _shapes() -> dict[str, Any]:
    shapes = {shape for act in PROCEDURES.values() for shape in (act.takes, act.gives) if shape}
    ordered: list[tuple[type[Shape], Any]] = [
        (s, "validation") for s in sorted(shapes, key=lambda s: s.__name__)
    ]
    _names, made = models_json_schema(ordered, ref_template=_REF)
    definitions: dict[str, Any] = made["$defs"]
    return definitions


def _interface(name: str, schema: Mapping[str, Any]) -> str:
    return "\n".join([*_comment(schema, ""), f"export interface {name} {{", *_fields(schema), "}", ""])


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        yield from _comment(told, "  ")
        yield f"  {name}{'' if name in required else '?'}: {_type(told)};"


def _comment(schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    if words := " ".join(schema.get("description", "").split()):
        yield f"{indent}/** {words} */"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "const" in schema or "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"Array<{_type(schema['items'])}>"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
    return _PLAIN.get(schema.get("type", ""), "unknown")


def _router() -> str:
    rooms: dict[str, list[str]] = {}
    for name, act in PROCEDURES.items():
        room, procedure = name.split(".")
        rooms.setdefault(room, []).extend([f"    /** {act.about} */", f"    {procedure}: {_procedure(act)};"])
    lines = ["export type AppRouter = TRPCBuiltRouter<", "  Root,", "  {"]
    for room, procedures in rooms.items():
        lines += [f"  {room}: {{", *procedures, "  };"]
    return "\n".join([*lines, "  }", ">;", ""])


def _procedure(act: Act) -> str:
    kind = "Query" if act.is_query else "Mutation"
    return f"{kind}<{_input(act)}, {_output(act)}>"


def _input(act: Act) -> str:
    parts = ["OfTenant"]
    parts += [f"{{ {act.id_name}: string }}"] if act.has_id else []
    parts += [act.takes.__name__] if act.takes else []
    whole = " & ".join(parts)
    needs = act.has_id or (
        act.takes is not None and any(f.is_required() for f in act.takes.model_fields.values())
    )
    return whole if needs else f"({whole}) | void"


def _output(act: Act) -> str:
    if act.gives is None:
        return "{ success: true }"
    return f"{{ {act.wrapped}: {act.gives.__name__} }}" if act.wrapped else act.gives.__name__
