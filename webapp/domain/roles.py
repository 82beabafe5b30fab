"""Who may do what: four roles, each able to do what the ones below it can."""

from typing import Final

from webapp.domain.errors import N_

ROLES: Final = ("viewer", "sender", "manager", "owner")

ROLE_WORDS: Final = {
    "viewer": N_("Viewer: sees everything, changes nothing"),
    "sender": N_("Sender: brings contacts, writes templates, runs campaigns"),
    "manager": N_("Manager: also connects numbers and webhooks"),
    "owner": N_("Owner: also changes settings and people"),
}


def reaches(role: str, needed: str) -> bool:
    """Whether `role` is at or above `needed`. An unknown role reaches nothing."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(needed)
