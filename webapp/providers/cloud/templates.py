"""Messages made from a template that Meta has approved: what is posted names it and carries its values."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from webapp.domain.errors import N_, Invalid

# Meta refuses a value that is empty or holds line breaks, tabs or more than four spaces in a row (132018).
_GAPS: Final = re.compile(r"[\r\n\t\v\f\u0085\u2028\u2029]+| {5,}")


@dataclass(frozen=True, slots=True)
class Value:
    """One text value. `name` is for templates with named placeholders; positional ones have none."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """The picture, video or document of a header: the id of an upload, or an address Meta can fetch."""

    kind: Literal["image", "video", "document"]
    id: str = ""
    link: str = ""
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """The value of one button, counted from 0: the end of an address, a payload, or a code to copy."""

    index: int
    kind: Literal["url", "quick_reply", "copy_code"]
    value: str


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template, by name and language, with the values of one person."""

    name: str
    language: str
    body: tuple[Value, ...] = ()
    header: Value | Media | None = None
    buttons: tuple[Button, ...] = ()


def template_body(to: str, template: Template, tracker: str) -> bytes:
    """One message from a template; raises Invalid for a value that is empty. `to` is written with +."""
    filled: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    components = _components(template)
    if components:
        filled["components"] = components
    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "template",
        "template": filled,
        "biz_opaque_callback_data": tracker,
    }
    return json.dumps(message, separators=(",", ":")).encode("ascii")


def clean_value(text: str) -> str:
    """A value as Meta takes it: line breaks, tabs and long gaps become one space."""
    return _GAPS.sub(" ", text).strip()


def _components(template: Template) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = []
    if template.header:
        components.append({"type": "header", "parameters": [_header(template.header)]})
    if template.body:
        components.append({"type": "body", "parameters": [_text(value) for value in template.body]})
    return components + [_button(button) for button in template.buttons]


def _header(header: Value | Media) -> dict[str, Any]:
    if isinstance(header, Value):
        return _text(header)
    media = {"id": header.id} if header.id else {"link": header.link}
    if header.filename:
        media["filename"] = header.filename
    return {"type": header.kind, header.kind: media}


def _text(value: Value) -> dict[str, str]:
    parameter = {"type": "text", "text": _filled(value.text, value.name)}
    return parameter | ({"parameter_name": value.name} if value.name else {})


def _button(button: Button) -> dict[str, Any]:
    value = _filled(button.value, "button")
    parameter = {
        "url": {"type": "text", "text": quote(value, safe="")},
        "quick_reply": {"type": "payload", "payload": value},
        "copy_code": {"type": "coupon_code", "coupon_code": value},
    }[button.kind]
    return {"type": "button", "sub_type": button.kind, "index": str(button.index), "parameters": [parameter]}


def _filled(text: str, name: str) -> str:
    value = clean_value(text)
    if not value:
        raise Invalid(name, N_("A value of the template is empty. Fill it in or give it a default."))
    return value
