"""The catalogue of events: facts in past tense. Names are part of the contract with receivers and clients."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """What one event says, and whether webhooks hear it; `/ws` and open pages hear all."""

    about: str
    meaning: str
    to_webhooks: bool = True
    only_if_chosen: bool = False


EVENTS: Final[dict[str, Kind]] = {
    "contact_created": Kind("contact", "A contact was added or came back from the trash."),
    "contact_updated": Kind("contact", "A contact was changed, or opted in or out."),
    "contact_deleted": Kind("contact", "A contact was moved to the trash."),
    "contacts_imported": Kind("import", "An import is over; told once, not per row."),
    "group_created": Kind("group", "A group was made or came back from the trash."),
    "group_updated": Kind("group", "A group or its members changed."),
    "group_deleted": Kind("group", "A group was moved to the trash."),
    "campaign_created": Kind("campaign", "A campaign was drafted or came back from the trash."),
    "campaign_updated": Kind("campaign", "A campaign's draft was changed."),
    "campaign_deleted": Kind("campaign", "A campaign was moved to the trash."),
    "campaign_status_changed": Kind("campaign", "A campaign moved to another status."),
    "campaign_progressed": Kind("campaign", "A campaign's counts moved.", to_webhooks=False),
    "template_created": Kind("template", "A message template was made or came back from the trash."),
    "template_updated": Kind("template", "A message template was changed."),
    "template_deleted": Kind("template", "A message template was moved to the trash."),
    "webhook_created": Kind("webhook", "A webhook was made or came back from the trash."),
    "webhook_updated": Kind("webhook", "A webhook was changed."),
    "webhook_deleted": Kind("webhook", "A webhook was moved to the trash."),
    "webhook_triggered": Kind("webhook", "An event was posted to a webhook.", to_webhooks=False),
    "message_received": Kind("message", "Somebody wrote to one of the numbers.", only_if_chosen=True),
    "message_status_changed": Kind(
        "message", "A message was sent, delivered, read or failed.", only_if_chosen=True
    ),
}
