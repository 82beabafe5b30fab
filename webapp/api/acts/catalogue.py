"""Every act there is."""

from typing import Final

from webapp.api.acts import (
    campaigns,
    contacts,
    groups,
    imports,
    message_templates,
    messages_history,
    webhooks,
    whatsapp_instances,
)
from webapp.api.acts.act import Act

ACTS: Final[tuple[Act, ...]] = (
    *contacts.ACTS,
    *imports.ACTS,
    *groups.ACTS,
    *message_templates.ACTS,
    *whatsapp_instances.ACTS,
    *campaigns.ACTS,
    *webhooks.ACTS,
    *messages_history.ACTS,
)
PROCEDURES: Final = {act.procedure: act for act in ACTS if act.procedure}
