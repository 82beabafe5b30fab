"""Which role a route needs. Default deny: a route that is not here answers 403, and a test says so."""

from typing import Final

from webapp.domain.roles import reaches

# Anybody may open these; each checks for itself what it must (signature, one-time token, password).
PUBLIC: Final = frozenset(
    {
        "static",
        "health.alive",
        "health.ready",
        "sign_in.form",
        "sign_in.submit",
        "sign_in.link",
        "sign_in.use_link",
        "callbacks.handshake",
        "callbacks.receive",
    }
)

NEEDS: Final[dict[str, str]] = {
    "dashboard.index": "viewer",
    "sign_in.sign_out": "viewer",
    "settings.index": "viewer",
    "settings.password": "viewer",
    "settings.tenant": "owner",
    "groups.index": "viewer",
    "groups.show": "viewer",
    "groups.new": "sender",
    "groups.create": "sender",
    "groups.edit": "sender",
    "groups.update": "sender",
    "groups.delete": "sender",
    "groups.restore": "sender",
}


def allowed(endpoint: str, role: str | None) -> bool:
    """Whether somebody in this role (None: nobody is signed in) may call the route."""
    if endpoint in PUBLIC:
        return True
    needed = NEEDS.get(endpoint)
    return needed is not None and role is not None and reaches(role, needed)
