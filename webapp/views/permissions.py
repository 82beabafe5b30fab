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
    "settings.change_password": "viewer",
    "settings.list_people": "viewer",
    "settings.switch": "viewer",
    "settings.tenant": "owner",
    "settings.new_person": "owner",
    "settings.add_person": "owner",
    "settings.person": "owner",
    "settings.change_role": "owner",
    "settings.link": "owner",
    "settings.remove_person": "owner",
    "whatsapp_instances.index": "viewer",
    "whatsapp_instances.show": "viewer",
    "whatsapp_instances.state": "viewer",
    "whatsapp_instances.new": "manager",
    "whatsapp_instances.create": "manager",
    "whatsapp_instances.edit": "manager",
    "whatsapp_instances.update": "manager",
    "whatsapp_instances.check": "manager",
    "whatsapp_instances.pause": "manager",
    "whatsapp_instances.unpause": "manager",
    "whatsapp_instances.delete": "manager",
    "whatsapp_instances.restore": "manager",
    "imports.index": "viewer",
    "imports.sample": "viewer",
    "imports.show": "viewer",
    "imports.progress": "viewer",
    "imports.refused": "viewer",
    "imports.new": "sender",
    "imports.upload": "sender",
    "imports.columns": "sender",
    "imports.start": "sender",
    "imports.cancel": "sender",
    "groups.index": "viewer",
    "groups.show": "viewer",
    "groups.new": "sender",
    "groups.create": "sender",
    "groups.edit": "sender",
    "groups.update": "sender",
    "groups.delete": "sender",
    "groups.restore": "sender",
    "message_templates.index": "viewer",
    "message_templates.show": "viewer",
    "message_templates.new": "sender",
    "message_templates.create": "sender",
    "message_templates.edit": "sender",
    "message_templates.update": "sender",
    "message_templates.duplicate": "sender",
    "message_templates.delete": "sender",
    "message_templates.restore": "sender",
}


def allowed(endpoint: str, role: str | None) -> bool:
    """Whether somebody in this role (None: nobody is signed in) may call the route."""
    if endpoint in PUBLIC:
        return True
    needed = NEEDS.get(endpoint)
    return needed is not None and role is not None and reaches(role, needed)
