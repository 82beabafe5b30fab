"""Lists as the Graph API pages them: `limit`, `after`, cursors, and `next` while there is more."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from simulator.answers import Answer, Request, say
from simulator.errors import GraphError

_DEFAULT, _MOST = 25, 100


def page(request: Request, rows: Sequence[dict[str, Any]]) -> Answer:
    """The page of `rows` that is asked for; GraphError 100 for a cursor or limit that makes no sense."""
    asked = request.parameters()
    start, limit = _start(asked.get("after", "")), _limit(asked.get("limit", str(_DEFAULT)))
    shown = rows[start : start + limit]
    answer: dict[str, Any] = {"data": list(shown)}
    if shown:
        end = start + len(shown)
        answer["paging"] = {"cursors": {"before": _cursor(start), "after": _cursor(end)}}
        if end < len(rows):
            answer["paging"]["next"] = _address(request, {**asked, "after": _cursor(end)})
    return say(answer)


def fields_of(request: Request) -> list[str]:
    """The names in `fields`, without what is in braces after them."""
    names, depth = [""], 0
    for letter in request.parameters().get("fields", ""):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and not depth:
            names.append("")
        elif not depth and letter != "}":
            names[-1] += letter
    return [name.strip() for name in names if name.strip()]


def _address(request: Request, asked: dict[str, str]) -> str:
    return f"http://{request.host}{request.path}?{urlencode(asked)}"


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(b"%d" % place).decode()


def _start(cursor: str) -> int:
    try:
        return max(0, int(base64.urlsafe_b64decode(cursor))) if cursor else 0
    except (ValueError, binascii.Error):
        raise GraphError(100, "The cursor is not valid.") from None


def _limit(limit: str) -> int:
    if not limit.isdecimal() or not 1 <= int(limit[:9]) <= 10**6:
        raise GraphError(100, "The limit must be a positive number.")
    return min(int(limit[:9]), _MOST)
