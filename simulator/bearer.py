"""Who may ask: any bearer token does, only `expired` has expired."""

from simulator.answers import Request
from simulator.errors import GraphError

_SESSION_EXPIRED = 463


def bearer(request: Request) -> str:
    """The token of the request, or GraphError 0 or 190."""
    scheme, _, token = request.authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise GraphError(0)
    if token == "expired":  # noqa: S105
        raise GraphError(190, subcode=_SESSION_EXPIRED)
    return token
