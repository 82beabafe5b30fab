"""What a key may do: scopes, each for one kind of thing."""

from collections.abc import Iterable
from typing import Final

from webapp.domain.errors import N_, Invalid

EVENTS: Final = "events:read"
SCOPES: Final = {
    "contacts:read": N_("See contacts and groups"),
    "contacts:write": N_("Add, change, import and delete contacts and groups"),
    "contacts:erase": N_("Erase people for good"),
    "templates:read": N_("See message templates"),
    "templates:write": N_("Write, change and delete message templates"),
    "numbers:read": N_("See WhatsApp numbers, without their secrets"),
    "numbers:write": N_("Connect, change, pause and delete WhatsApp numbers"),
    "campaigns:read": N_("See campaigns and who got them"),
    "campaigns:write": N_("Draft, change and delete campaigns"),
    "campaigns:send": N_("Start, pause, resume and cancel campaigns, and send again"),
    "messages:read": N_("Read the history of messages"),
    "webhooks:read": N_("See webhooks and how their posts went, not what was posted"),
    "webhooks:write": N_("Make, change and delete webhooks, to which every event may be posted"),
    EVENTS: N_("Hear of every event as it happens, and see in a webhook's log what was posted"),
}


def chosen(names: Iterable[str]) -> list[str]:
    """The scopes that were asked for, each once, in our order. Raises Invalid on `scopes`."""
    wanted = {name.strip() for name in names} - {""}
    if unknown := sorted(wanted - set(SCOPES)):
        raise Invalid(
            "scopes",
            N_("There is no scope “%(name)s”. There are: %(known)s."),
            name=unknown[0],
            known=", ".join(SCOPES),
        )
    if not wanted:
        raise Invalid("scopes", N_("Choose at least one thing that the key may do."))
    return [name for name in SCOPES if name in wanted]
