"""The catalogue of events: facts in past tense. Names are part of the contract with receivers and clients."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from webapp.domain.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class Kind:
    """What one event says, and whether webhooks hear it; `/ws` and open pages hear all."""

    about: str
    meaning: str
    to_webhooks: bool = True
    only_if_chosen: bool = False


EVENTS: Final[dict[str, Kind]] = {
    "contact_created": Kind("contact", N_("A contact was added or came back from the trash.")),
    "contact_updated": Kind("contact", N_("A contact was changed, or opted in or out.")),
    "contact_deleted": Kind("contact", N_("A contact was moved to the trash.")),
    "contacts_imported": Kind("import", N_("An import is over; told once, not per row.")),
    "group_created": Kind("group", N_("A group was made or came back from the trash.")),
    "group_updated": Kind("group", N_("A group or its members changed.")),
    "group_deleted": Kind("group", N_("A group was moved to the trash.")),
    "campaign_created": Kind("campaign", N_("A campaign was drafted or came back from the trash.")),
    "campaign_updated": Kind("campaign", N_("A campaign's draft was changed.")),
    "campaign_deleted": Kind("campaign", N_("A campaign was moved to the trash.")),
    "campaign_status_changed": Kind("campaign", N_("A campaign moved to another status.")),
    "campaign_progressed": Kind("campaign", N_("A campaign's counts moved."), to_webhooks=False),
    "template_created": Kind("template", N_("A message template was made or came back from the trash.")),
    "template_updated": Kind("template", N_("A message template was changed.")),
    "template_deleted": Kind("template", N_("A message template was moved to the trash.")),
    "webhook_created": Kind("webhook", N_("A webhook was made or came back from the trash.")),
    "webhook_updated": Kind("webhook", N_("A webhook was changed.")),
    "webhook_deleted": Kind("webhook", N_("A webhook was moved to the trash.")),
    "webhook_triggered": Kind("webhook", N_("An event was posted to a webhook."), to_webhooks=False),
    "message_received": Kind("message", N_("Somebody wrote to one of the numbers."), only_if_chosen=True),
    "message_status_changed": Kind(
        "message", N_("A message was sent, delivered, read or failed."), only_if_chosen=True
    ),
}

# What the test button of a webhook posts: no fact, so it is in no outbox.
TEST_EVENT: Final = "webhook_tested"

# Figures that move, and what only webhooks are told: the next one or the log says the same, so they go after a day.
FLEETING: Final = ("campaign_progressed", "webhook_triggered", "message_status_changed")

WEBHOOK_EVENTS: Final = tuple(name for name, kind in EVENTS.items() if kind.to_webhooks)


def hears(events: Collection[str], name: str) -> bool:
    """Whether a webhook that chose these events (none: all that are not only told by choice) is posted this one."""
    kind = EVENTS[name]
    return kind.to_webhooks and (name in events or (not events and not kind.only_if_chosen))


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The events that a webhook asks for, each once, in the order of the catalogue.

    Raises Invalid for a name that does not exist or never goes to webhooks, and when none is left.
    """
    wanted = set(names)
    if unknown := sorted(wanted.difference(WEBHOOK_EVENTS)):
        sentence = N_("Webhooks do not hear of “%(name)s”. They hear of %(known)s.")
        raise Invalid("events", sentence, name=unknown[0][:100], known=", ".join(WEBHOOK_EVENTS))
    if not wanted:
        raise Invalid("events", N_("Choose at least one event."))
    return tuple(name for name in WEBHOOK_EVENTS if name in wanted)
