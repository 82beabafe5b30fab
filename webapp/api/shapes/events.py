"""Events on the wire: what `/ws` and webhooks are told, and the payload of each kind."""

from typing import Annotated, Any, Final

from pydantic import Field

from webapp.api.shapes.base import ID, OTHER_ID, Id, Moment, Shape, left_out
from webapp.api.shapes.campaigns import Campaign, Status
from webapp.api.shapes.contacts import Contact
from webapp.api.shapes.groups import Group
from webapp.api.shapes.imports import Import
from webapp.api.shapes.message_templates import MessageTemplate
from webapp.api.shapes.messages_history import Status as MessageStatus
from webapp.api.shapes.webhooks import Webhook

Wamid = Annotated[
    str, Field(description="WhatsApp's own id of the message.", examples=["wamid.HBgLMTIzNDU2Nzg5MA"])
]
ChatId = Annotated[str, Field(description="The other side's WhatsApp id.", examples=["1234567890"])]


class Event(Shape):
    """A fact, told once. It may come more than once: `id` says which it is, `sequence` which of two of one object is
    the later one."""

    id: Id
    type: Annotated[str, Field(examples=["contact_created"])]
    timestamp: Annotated[
        Moment, Field(description="When it happened.", examples=["2026-03-02T09:30:00.000000Z"])
    ]
    tenant_id: Annotated[Id, Field(examples=[OTHER_ID])]
    sequence: Annotated[
        int, Field(description="Rises over all events of one object, with gaps.", examples=[4711])
    ]
    payload: Annotated[dict[str, Any], Field(examples=[{}])]


class ContactTold(Contact):
    """The contact as it is now. `optedOut` is there when this is what changed."""

    opted_out: Annotated[
        bool, Field(description="Whether they want no messages any more.", examples=[True])
    ] = left_out()


class CampaignMoved(Campaign):
    """The campaign in its new status, with its counts of that moment."""

    previous_status: Annotated[Status, Field(examples=["preparing"])]


class MessageReceived(Shape):
    """What somebody wrote. `payload` is what a pressed button stands for, `replyTo` the message that was answered."""

    id: Id
    message_id: Wamid
    contact_id: Annotated[Id | None, Field(examples=[OTHER_ID])]
    chat_id: ChatId
    type: Annotated[str, Field(examples=["text"])]
    content: Annotated[str, Field(examples=["Yes, please!"])]
    payload: Annotated[str | None, Field(examples=[None])]
    reply_to: Annotated[str | None, Field(examples=["wamid.HBgLMTIzNDU2Nzg5MB"])]
    received_at: Moment


class MessageMoved(Shape):
    """A message we sent, in its new status. `errorCode` and `errorMessage` say why it failed."""

    id: Id
    message_id: Wamid
    campaign_id: Annotated[Id | None, Field(examples=[ID])]
    contact_id: Annotated[Id | None, Field(examples=[OTHER_ID])]
    chat_id: ChatId
    status: Annotated[MessageStatus, Field(examples=["delivered"])]
    previous_status: Annotated[MessageStatus | None, Field(examples=["sent"])]
    error_code: Annotated[int | None, Field(description="WhatsApp's own number.", examples=[None])]
    error_message: Annotated[str | None, Field(examples=[None])]


class WebhookTriggered(Shape):
    """One try to post an event to a webhook."""

    webhook_id: Id
    log_id: Annotated[Id, Field(description="Its entry in the webhook's log.", examples=[OTHER_ID])]
    event: Annotated[str, Field(examples=["contact_created"])]
    event_id: Annotated[Id | None, Field(description="Null for a test.", examples=[OTHER_ID])]
    attempt: Annotated[int, Field(examples=[1])]
    success: Annotated[bool, Field(examples=[True])]
    status_code: Annotated[int | None, Field(description="Null when nothing answered.", examples=[200])]
    error: Annotated[str | None, Field(description="Why it failed.", examples=[None])]


class WebhookTested(Shape):
    """Nothing happened: somebody pressed the test button."""

    webhook_id: Id
    name: Annotated[str, Field(examples=["Our shop"])]


PAYLOADS: Final[dict[str, type[Shape]]] = {
    "contact_created": Contact,
    "contact_updated": ContactTold,
    "contact_deleted": Contact,
    "contacts_imported": Import,
    "group_created": Group,
    "group_updated": Group,
    "group_deleted": Group,
    "campaign_created": Campaign,
    "campaign_updated": Campaign,
    "campaign_deleted": Campaign,
    "campaign_status_changed": CampaignMoved,
    "campaign_progressed": Campaign,
    "template_created": MessageTemplate,
    "template_updated": MessageTemplate,
    "template_deleted": MessageTemplate,
    "webhook_created": Webhook,
    "webhook_updated": Webhook,
    "webhook_deleted": Webhook,
    "webhook_triggered": WebhookTriggered,
    "message_received": MessageReceived,
    "message_status_changed": MessageMoved,
}
