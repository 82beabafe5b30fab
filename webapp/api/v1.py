"""/api/v1: every act as a resource."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Response, g, json, request, stream_with_context
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models import RawModel
from flask_openapi3.models.tag import Tag

from webapp.api import gate, problems, reading
from webapp.api.acts.act import Act
from webapp.api.acts.catalogue import ACTS
from webapp.api.once import Bare, once
from webapp.api.shapes.errors import Failed
from webapp.services.imports.limits import MAX_BYTES

bp = APIBlueprint("api", __name__, url_prefix="/api/v1")

ROOMS: Final = {
    "contacts": "Contacts",
    "imports": "Imports of contacts",
    "groups": "Groups",
    "messageTemplates": "Message templates",
    "whatsappInstances": "WhatsApp instances",
    "campaigns": "Campaigns",
    "webhooks": "Webhooks",
    "messagesHistory": "History of messages",
}


def endpoint_of(act: Act) -> str:
    return act.name.replace(".", "_")


BY_ENDPOINT: Final[dict[str, Act]] = {f"{bp.name}.{endpoint_of(act)}": act for act in ACTS}


@bp.before_request
def _enter() -> None:
    act = BY_ENDPOINT.get(request.endpoint or "")
    if act is not None:
        gate.require(gate.enter(heavy=act.heavy), act.scope)
        if act.raw:
            request.max_content_length = MAX_BYTES


bp.after_request(gate.label)
bp.register_error_handler(Exception, lambda error: problems.of(error).answer())


def makes_something(act: Act) -> bool:
    """Whether the answer also says where the new object is."""
    return act.status in (201, 202) and not act.has_id


def statuses(act: Act) -> set[int]:
    """Which errors an act may answer with."""
    found = {401, 403, 429}
    if act.takes is not None or act.method == "POST":
        found.add(422)
    if act.method in ("POST", "PATCH") and act.takes is not None:
        found |= {400, 413, 415}
    if act.has_id or not act.is_query:
        found.add(404)
    if not act.is_query:
        found.add(409)
    return found


def register(act: Act, view: Callable[..., Any]) -> None:
    """Give an act its address, and its place in the document."""
    answers: dict[Any, Any] = {act.status: _answer_of(act)} | dict.fromkeys(sorted(statuses(act)), Failed)
    add = {"GET": bp.get, "POST": bp.post, "PATCH": bp.patch, "DELETE": bp.delete}[act.method]
    add(
        act.path,
        tags=[Tag(name=ROOMS[act.room])],
        summary=act.about,
        operation_id=act.name.replace(".", "_"),
        responses=answers,
        endpoint=endpoint_of(act),
        security=[{"key": [act.scope]}],
    )(view)


def _answer_of(act: Act) -> Any:
    if act.gives is not None:
        return act.gives
    if act.is_query:
        return {"content": {"text/csv": {"schema": {"type": "string"}}}}
    return None


def _view(act: Act) -> Callable[..., Any]:
    def view(id: uuid.UUID | None = None) -> Response:
        return once(lambda: _answer(act, id))

    # The library knows no examples of parameters: document.py writes these.
    view.__annotations__ = {}
    if act.raw:
        view.__annotations__["raw"] = type("List", (RawModel,), {"mimetypes": list(act.raw)})
    elif act.takes is not None and not act.is_query:
        view.__annotations__["body"] = act.takes
    # The shapes are read here, strictly, and not by the library.
    view.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return view


def _answer(act: Act, key: uuid.UUID | None) -> Response:
    read = reading.address if act.asks_in_address else reading.body
    given = read(act.takes) if act.takes is not None else None
    told = act.do(g.holder, key, given, *reading.raw(act.raw))
    if told is None:
        return Bare(status=act.status)
    if isinstance(told, Iterator):
        return Response(stream_with_context(told), mimetype="text/csv")
    made = {"Location": f"{request.path}/{told['id']}"} if makes_something(act) else {}
    return Response(json.dumps(told), act.status, headers=made, mimetype="application/json")


for _act in ACTS:
    register(_act, _view(_act))
