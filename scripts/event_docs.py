"""Writes the catalogue of docs/webhooks.md from the models: `python -m scripts.event_docs` after a change."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from webapp.api.shapes.base import Shape
from webapp.api.shapes.events import PAYLOADS, Event, WebhookTested
from webapp.domain.events import EVENTS, TEST_EVENT, Kind

DOCS: Final = Path(__file__).resolve().parents[1] / "docs" / "webhooks.md"
BEGIN: Final = "<!-- The catalogue: written by scripts/event_docs.py -->"
END: Final = "<!-- The end of the catalogue -->"
_FORMATS: Final = {"uuid": "id", "date-time": "moment"}


def catalogue() -> str:
    """The part of the document between its marks."""
    return "\n".join([BEGIN, "", *_overview(), "", *_payloads(), END])


def put_into(text: str) -> str:
    """The document with the catalogue of now."""
    before, _, rest = text.partition(BEGIN)
    return before + catalogue() + rest.partition(END)[2]


def example(shape: type[Shape]) -> dict[str, Any]:
    """An object of this shape, from the examples of its fields."""
    return {
        name: field["examples"][0] if "examples" in field else _first(field) for name, field in _fields(shape)
    }


def _overview() -> Iterator[str]:
    yield "| event | is told when | webhooks hear it |"
    yield "|---|---|---|"
    for name, kind in EVENTS.items():
        yield f"| `{name}` | {kind.meaning} | {_heard(kind)} |"


def _heard(kind: Kind) -> str:
    if not kind.to_webhooks:
        return "never, only `/ws`"
    return "only when chosen" if kind.only_if_chosen else "yes"


def _payloads() -> Iterator[str]:
    yield "Every event is one object:"
    yield ""
    yield from _described(Event)
    shapes = list(dict.fromkeys(PAYLOADS.values()))
    for shape in shapes:
        names = [name for name, payload in PAYLOADS.items() if payload is shape]
        yield f"### The payload of {', '.join(f'`{name}`' for name in names)}"
        yield ""
        yield from _described(shape)
    yield f"### The payload of `{TEST_EVENT}`"
    yield ""
    yield "The test button posts this to its one webhook; it is no event and not told at `/ws`."
    yield ""
    yield from _described(WebhookTested)


def _described(shape: type[Shape]) -> Iterator[str]:
    if shape.__doc__:
        yield " ".join(shape.__doc__.split())
        yield ""
    yield "```json"
    yield json.dumps(example(shape), indent=2, ensure_ascii=False)
    yield "```"
    yield ""
    yield "| field | is | |"
    yield "|---|---|---|"
    for name, field in _fields(shape):
        yield f"| `{name}` | {_kind(field)} | {field.get('description', '')} |"
    yield ""


def _fields(shape: type[Shape]) -> list[tuple[str, dict[str, Any]]]:
    return list(shape.model_json_schema()["properties"].items())


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(each) for each in field["anyOf"])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return " ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_kind(field['items'])}"
    return _FORMATS.get(field.get("format", ""), str(field["type"]))


def _first(field: dict[str, Any]) -> Any:
    return field.get("const", field.get("enum", [None])[0])


if __name__ == "__main__":
    DOCS.write_text(put_into(DOCS.read_text()))
