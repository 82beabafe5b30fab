"""/api/trpc: every act as a procedure, on the public HTTP protocol of tRPC v11 (trpc.io/docs/rpc), without transformer.

Queries come by GET with `input`, mutations by POST; `?batch=1` brings several in one request, answered in its order.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from webapp.api import gate, inputs, mistakes, problems, reading
from webapp.api.acts.act import SUCCESS, Act, Holder
from webapp.api.acts.catalogue import PROCEDURES
from webapp.api.once import once
from webapp.api.problems import Problem
from webapp.domain.errors import N_
from webapp.services import undone

bp = Blueprint("trpc", __name__, url_prefix="/api/trpc")

# The codes of the protocol, by the status that goes with each.
CODES: Final[dict[int, tuple[str, int]]] = {
    400: ("BAD_REQUEST", -32600),
    401: ("UNAUTHORIZED", -32001),
    403: ("FORBIDDEN", -32003),
    404: ("NOT_FOUND", -32004),
    405: ("METHOD_NOT_SUPPORTED", -32005),
    409: ("CONFLICT", -32009),
    413: ("PAYLOAD_TOO_LARGE", -32013),
    415: ("UNSUPPORTED_MEDIA_TYPE", -32015),
    422: ("UNPROCESSABLE_CONTENT", -32022),
    429: ("TOO_MANY_REQUESTS", -32029),
    500: ("INTERNAL_SERVER_ERROR", -32603),
}
MOST_AT_ONCE: Final = 50
MIXED: Final = 207

_NO_PROCEDURE: Final = N_("There is no procedure “%(name)s”.")
_BY_GET: Final = N_("This is a query: ask by GET.")
_BY_POST: Final = N_("This is a mutation: send it by POST.")
_TOO_MANY: Final = N_("A batch has at most %(most)d calls.")

Told = tuple[int, dict[str, Any]]


@bp.after_request
def _label(response: Response) -> Response:
    return gate.label(response)


@bp.errorhandler(Exception)
def _failed(error: Exception) -> Response:
    """What keeps the whole request from being answered; a batch hears it once for each call."""
    status, told = _problem("", problems.of(error))
    names = _names(request.view_args["names"]) if request.view_args else [""]
    return _response([(status, told)] * len(names) if _is_batch() else [(status, told)], problems.of(error))


@bp.get("/<path:names>", endpoint="query")
@bp.post("/<path:names>", endpoint="mutate")
def call(names: str) -> Response:
    called = _names(names)
    if len(called) > MOST_AT_ONCE:
        raise Problem(413, "too_large", _(_TOO_MANY, most=MOST_AT_ONCE))
    acts = [PROCEDURES.get(name) for name in called]
    holder = gate.enter(cost=len(called), heavy=any(act is not None and act.heavy for act in acts))
    return once(
        lambda: _response([_one(holder, *one) for one in zip(called, acts, _inputs(called), strict=True)])
    )


def _names(names: str) -> list[str]:
    return names.split(",") if _is_batch() else [names]


def _is_batch() -> bool:
    return request.args.get("batch") == "1"


def _inputs(called: list[str]) -> list[Any]:
    """What each call was given; a batch has it by the call's place."""
    text: str | bytes = request.args.get("input", "") if request.method == "GET" else reading.json_body()
    try:
        given = json.loads(text) if text else None
    except json.JSONDecodeError as error:
        raise Problem(400, "parse_error", mistakes.no_json(error.lineno, error.colno)) from None
    except (ValueError, RecursionError):
        raise Problem(400, "parse_error", mistakes.no_json()) from None
    if not _is_batch():
        return [given]
    by_place = given if isinstance(given, dict) else {}
    return [by_place.get(str(place)) for place in range(len(called))]


def _one(holder: Holder, name: str, act: Act | None, given: Any) -> Told:
    """One call of a batch: what goes wrong with it is no trouble for the others."""
    try:
        if act is None:
            raise Problem(404, "not_found", _(_NO_PROCEDURE, name=name[:100]))
        _require_method(act)
        gate.require(holder, act.scope)
        return 200, {"result": {"data": _done(holder, act, given)}}
    except Exception as error:
        undone.take_back()
        return _problem(name, problems.of(error))


def _require_method(act: Act) -> None:
    if act.is_query and request.method != "GET":
        raise Problem(405, "method_not_allowed", _(_BY_GET))
    if not act.is_query and request.method != "POST":
        raise Problem(405, "method_not_allowed", _(_BY_POST))


def _done(holder: Holder, act: Act, given: Any) -> Any:
    read = inputs.read(act, holder.tenant_id, given)
    told = act.do(holder, read.key, read.shape)
    if told is None:
        return SUCCESS
    return {act.wrapped: told} if act.wrapped else told


def _problem(name: str, problem: Problem) -> Told:
    code, number = (
        ("PARSE_ERROR", -32700) if problem.code == "parse_error" else CODES.get(problem.status, CODES[400])
    )
    data: dict[str, Any] = {"code": code, "httpStatus": problem.status, "path": name}
    if problem.field:
        data["field"] = problem.field
    return problem.status, {"error": {"message": problem.message, "code": number, "data": data}}


def _response(answers: Sequence[Told], problem: Problem | None = None) -> Response:
    """A batch whose calls came out differently is answered with 207."""
    found = {status for status, _told in answers}
    told = [told for _status, told in answers]
    status = found.pop() if len(found) == 1 else MIXED
    body = json.dumps(told if _is_batch() else told[0])
    headers = dict(problem.headers) if problem else {}
    if status == 405:
        headers["Allow"] = "POST" if request.method == "GET" else "GET"
    return Response(body, status, headers=headers, mimetype="application/json")
