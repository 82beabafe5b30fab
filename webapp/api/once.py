"""Once: a POST that carries an Idempotency-Key has one effect, and is answered the same again."""

import re
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Final

from flask import Response, g, request
from flask_babel import gettext as _

from webapp.api import problems
from webapp.api.problems import Problem
from webapp.domain.errors import N_
from webapp.services import idempotency
from webapp.services.idempotency import LONGEST_KEY, Answer, Key

HEADER: Final = "Idempotency-Key"
# Without a comma: a header that is sent twice arrives as one with a comma, and would be a third key.
PATTERN: Final = rf"^[!-+\--~]{{1,{LONGEST_KEY}}}$"

_WRONG: Final = N_("A key is 1 to %(most)d visible characters without spaces or commas.")
_KEPT_HEADERS: Final = ("Content-Type", "Location")
_PIECE: Final = 65_536


class Bare(Response):
    """An answer that says nothing of its kind unless it is told."""

    default_mimetype = None


def once(do: Callable[[], Response]) -> Response:
    """The answer of `do`, or of the first request that was the same."""
    typed = request.headers.get(HEADER)
    if request.method != "POST" or typed is None:
        return do()
    asked = _asked(typed)
    stored = idempotency.begin(asked)
    if stored is not None:
        headers = {**stored.headers, "Idempotent-Replayed": "true"}
        return Bare(stored.body, stored.status, headers=headers)
    try:
        answer = do()
    except Exception as error:
        answer = problems.of(error).answer()
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    idempotency.finish(asked, Answer(answer.status_code, headers, answer.get_data()))
    return answer


def _asked(typed: str) -> Key:
    if not re.fullmatch(PATTERN, typed):
        raise Problem(422, "wrong_shape", _(_WRONG, most=LONGEST_KEY), HEADER)
    address = request.full_path.rstrip("?")
    hashed = idempotency.hash_of(request.method, f"{address} {request.mimetype}", _body())
    return Key(g.holder.tenant_id, g.holder.key_id, typed, hashed)


def _body() -> Iterator[bytes]:
    """The body, which can be read again afterwards: what is long waits in a file without a name."""
    if (request.max_content_length or 0) <= 4 * 1024 * 1024:
        yield request.get_data(cache=True)
        return
    kept: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115  read after this returns
    while piece := request.stream.read(_PIECE):
        kept.write(piece)
        yield piece
    kept.seek(0)
    request.stream = kept
