"""Which address is answered by what, and how a refusal becomes an answer."""

import re
import sys
import traceback
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any

from simulator import control, messages, phones, subscriptions, template_doors
from simulator.answers import Answer, Request, say
from simulator.errors import GraphError
from simulator.world import World

Coming = Coroutine[Any, Any, Answer]
Handler = Callable[..., Answer | Coming]

_VERSION = r"/v\d{1,3}\.\d{1,2}/"
_ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", _VERSION + r"(\d{1,20})/messages", messages.post),
    ("GET", _VERSION + r"(\d{1,20})/phone_numbers", phones.list_of_account),
    ("GET", _VERSION + r"(\d{1,20})/message_templates", template_doors.list_of_account),
    ("POST", _VERSION + r"(\d{1,20})/message_templates", template_doors.create),
    ("DELETE", _VERSION + r"(\d{1,20})/message_templates", template_doors.delete),
    ("GET", _VERSION + r"(\d{1,20})/subscribed_apps", subscriptions.show),
    ("POST", _VERSION + r"(\d{1,20})/subscribed_apps", subscriptions.subscribe),
    ("DELETE", _VERSION + r"(\d{1,20})/subscribed_apps", subscriptions.unsubscribe),
    ("GET", _VERSION + r"(\d{1,20})", phones.show),
    ("GET", r"/_sim/stats", control.stats),
    ("GET", r"/_sim/faults", control.show_faults),
    ("POST", r"/_sim/faults", control.change_faults),
    ("DELETE", r"/_sim/faults", control.reset_faults),
    ("POST", r"/_sim/numbers", control.tell_number),
    ("POST", r"/_sim/inbound", control.receive),
    ("POST", r"/_sim/templates/([a-z0-9_]{1,512})", control.change_template),
]
# No route is that long, and what was asked for is remembered.
_LONGEST_PATH = 1000
_COMPILED = [(method, re.compile(pattern, re.ASCII), handler) for method, pattern, handler in _ROUTES]


def answer(world: World, request: Request) -> Answer | Coming:
    """The answer to a request, at once or soon; never an exception."""
    try:
        handler, arguments = _find(request.method, request.path[:_LONGEST_PATH])
        answer = handler(world, request, *arguments)
    except Exception as error:
        return _refusal(error)
    return answer if isinstance(answer, Answer) else _awaited(answer)


async def _awaited(coming: Coming) -> Answer:
    try:
        return await coming
    except Exception as error:
        return _refusal(error)


@lru_cache(maxsize=4096)
def _find(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    for wanted, pattern, handler in _COMPILED:
        if wanted == method and (match := pattern.fullmatch(path)):
            return handler, match.groups()
    return _nothing_here, ()


def _nothing_here(world: World, request: Request) -> Answer:
    raise GraphError(803, f"Nothing answers {request.method} {request.path[:200]} here.")


def _refusal(error: Exception) -> Answer:
    match error:
        case GraphError():
            return error.answer()
        case ValueError():
            return say({"error": {"message": str(error)}}, 400)
    traceback.print_exception(error, file=sys.stderr)
    return GraphError(1).answer()
