"""The gate in front of every route: who is there, may they, and does the request come from our own page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Forbidden

from webapp.services import origins, sessions
from webapp.views.permissions import BY_KEY, PUBLIC, allowed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person at the page, as templates see them."""

    signed_in: sessions.SignedIn

    @property
    def user(self):
        return self.signed_in.user

    @property
    def tenant(self):
        return self.signed_in.tenant

    @property
    def role(self) -> str:
        return self.signed_in.role

    @property
    def other_tenants(self) -> list[Any]:
        """Where else this person works."""
        if "other_tenants" not in g:
            g.other_tenants = [one for one in sessions.tenants_of(self.user) if one.id != self.tenant.id]
        return list(g.other_tenants)

    def can(self, endpoint: str) -> bool:
        """Whether the route exists and this role may call it: what may not be called is not shown."""
        return endpoint in current_app.view_functions and allowed(endpoint, self.role)


def install(app: Flask) -> None:
    app.before_request(_enter)
    app.context_processor(lambda: {"visitor": g.get("visitor")})


def here() -> Visitor:
    """The visitor of a route that nobody reaches without signing in."""
    visitor: Visitor = g.visitor
    return visitor


def enter(token: str) -> None:
    """Let the browser carry this session. Nothing of an old one goes on, its CSRF token included."""
    session.clear()
    session["token"] = token
    session.permanent = True


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def _enter() -> ResponseReturnValue | None:
    if request.blueprint in BY_KEY:
        return None
    g.visitor = _visitor()
    if request.endpoint is None:
        return None  # the 404 follows by itself
    if any("\0" in value for _, value in request.args.items(multi=True)):
        raise BadRequest  # no text of PostgreSQL holds it, so nothing can be found by it
    if request.method not in SAFE_METHODS and not request.endpoint.startswith("callbacks."):
        _same_origin_only()
    if g.visitor is None and request.endpoint not in PUBLIC:
        return _to_sign_in()
    if not allowed(request.endpoint, g.visitor and g.visitor.role):
        raise Forbidden
    return None


def _visitor() -> Visitor | None:
    if request.endpoint == "static" or not (token := session.get("token")):
        return None
    signed_in = sessions.visitor(token)
    return Visitor(signed_in) if signed_in else None


def _same_origin_only() -> None:
    """Browsers say where a request comes from; a foreign page is refused before its token is even looked at."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden
    if "Origin" in request.headers:
        own_page_only()


def own_page_only() -> None:
    """For what says at once that it is ours, as a socket does: its cookie comes along from any page."""
    if not is_own_origin(request.headers.get("Origin", "")):
        raise Forbidden


def is_own_origin(origin: str) -> bool:
    """Whether a page of this address is one of ours: the public address, or the one that was asked."""
    return origins.is_own(origin, request.host_url)


def _to_sign_in() -> ResponseReturnValue:
    if request.url_rule is not None and request.url_rule.websocket:
        raise Forbidden  # a socket can be led nowhere
    target = url_for("sign_in.form", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if is_htmx():
        # A login page swapped into a table would help nobody.
        return Response(status=401, headers={"HX-Redirect": url_for("sign_in.form")})
    return redirect(target, 303)


def own_path(target: str | None) -> str | None:
    """The target if it stays on this site, else nothing: a link must not lead people elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
