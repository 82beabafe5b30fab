"""The gate of these doors: a key and nothing else opens them, it may do what its scopes say, so often in a minute."""

from typing import Final

from flask import Response, g, request
from flask_babel import gettext as _

from webapp.api.problems import Problem
from webapp.domain.errors import N_
from webapp.services import api_keys, rate_limits
from webapp.services.api_keys import Holder

_NO_KEY: Final = N_("Send your API key as “Authorization: Bearer crier_…”.")
# One sentence for all of these: why not is nobody's business but the owner's, who sees it in the settings.
_WRONG_KEY: Final = N_(
    "This API key is not valid: it is mistyped, has expired or was taken away. Settings → API keys lists those that "
    "are there."
)
_NO_SCOPE: Final = N_("This key may not do this. It needs the scope %(scope)s.")
_TOO_MANY: Final = N_("Too many requests. Wait %(seconds)d seconds and go on.")


def enter(*, cost: int = 1, heavy: bool = False) -> Holder:
    """Who is there. Cookies open nothing here. Raises Problem: no key that holds, or too many requests."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    holder = api_keys.verify(token.strip()) if kind.lower() == "bearer" else None
    if holder is None:
        sentence = _WRONG_KEY if kind.lower() == "bearer" and token.strip() else _NO_KEY
        raise Problem(401, "unauthorized", _(sentence), headers={"WWW-Authenticate": "Bearer"})
    g.holder = holder
    _count(holder, cost, heavy)
    return holder


def require(holder: Holder, scope: str) -> None:
    """Raises Problem when the key may not do this."""
    if not holder.may(scope):
        raise Problem(403, "forbidden", _(_NO_SCOPE, scope=scope))


def label(response: Response) -> Response:
    """Say in the answer how the key stands in this minute."""
    standing: rate_limits.Standing | None = g.get("standing")
    if standing is not None:
        response.headers["RateLimit-Limit"] = str(standing.limit)
        response.headers["RateLimit-Remaining"] = str(max(0, standing.left))
        response.headers["RateLimit-Reset"] = str(standing.reset_seconds)
    return response


def _count(holder: Holder, cost: int, heavy: bool) -> None:
    standings = [rate_limits.count(holder.key_id, cost=cost)]
    if heavy:
        standings.append(rate_limits.count(holder.key_id, cost=cost, heavy=True))
    g.standing = standing = min(standings, key=lambda one: one.left)
    if standing.is_over:
        seconds = standing.reset_seconds
        sentence = _(_TOO_MANY, seconds=seconds)
        raise Problem(429, "too_many_requests", sentence, headers={"Retry-After": str(seconds)})
