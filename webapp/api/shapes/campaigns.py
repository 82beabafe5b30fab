"""Campaigns on the wire, and the people they went to."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from webapp.api.shapes.base import AT, ID, WHOLE, Id, Moment, Shape, left_out
from webapp.api.shapes.lists import Asked, Limit

Status = Literal["draft", "scheduled", "preparing", "running", "paused", "completed", "failed", "cancelled"]
RecipientStatus = Literal[
    "pending",
    "sending",
    "uncertain",
    "accepted",
    "sent",
    "failed",
    "delivered",
    "read",
    "skipped",
    "cancelled",
]
RecipientType = Annotated[Literal["groups", "contacts", "all"], Field(examples=["groups"])]
RecipientIds = Annotated[
    list[Id],
    Field(max_length=1000, description="The groups or contacts; empty for all.", examples=[[ID]]),
]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Q1 Promotion"])]
Message = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4096,
        description="A text of its own; {{name}} stands for a contact's own value.",
        examples=["Hello! Check out our new offers!"],
    ),
]
Variables = Annotated[
    dict[str, str],
    Field(
        description="For each placeholder of `message` what stands there when a contact has no value.",
        examples=[{"name": "friend"}],
    ),
]
TemplateId = Annotated[Id, Field(description="Instead of a message of its own.", examples=[ID])]
Start = Annotated[
    str | None,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$",
        description="An instant, or without Z or offset the time on the clocks of timeZone; null: when it is started.",
        examples=["2027-03-02T09:30:00Z"],
    ),
]
TimeZone = Annotated[
    str | None,
    Field(max_length=100, description="Else the organisation's own.", examples=["Europe/Lisbon"]),
]
Count = Annotated[int, Field(examples=[0])]
Maybe = Annotated[Moment | None, Field(examples=[AT])]


class Campaign(Shape):
    """One message to many. pending + uncertain + sent + failed + skipped + cancelled = total; delivered and read
    are among the sent."""

    id: Id
    name: Annotated[str, Field(examples=["Q1 Promotion"])]
    status: Annotated[Status, Field(examples=["running"])]
    message: Annotated[str, Field(examples=["Hello! Check out our new offers!"])]
    whatsapp_instance_id: Annotated[Id | None, Field(examples=[ID])]
    message_template_id: Annotated[Id | None, Field(examples=[None])]
    recipient_type: RecipientType
    time_zone: Annotated[str | None, Field(examples=["Europe/Lisbon"])]
    total_recipients: Count
    pending_count: Count
    sent_count: Count
    delivered_count: Count
    read_count: Count
    failed_count: Count
    uncertain_count: Count
    skipped_count: Count
    cancelled_count: Count
    scheduled_at: Maybe
    started_at: Maybe
    completed_at: Maybe
    paused_reason: Annotated[str | None, Field(examples=[None])]
    created_at: Moment
    updated_at: Moment


class CampaignWhole(Campaign):
    """One campaign with everybody who was chosen, and its counts of this moment."""

    recipient_ids: RecipientIds


class CampaignNew(Shape):
    """A draft: it goes to nobody until it is started. Name a template or a message, not both."""

    name: Name
    whatsapp_instance_id: Annotated[Id, Field(description="The number that sends.", examples=[ID])]
    message: Message = left_out()
    variables: Variables = left_out()
    message_template_id: TemplateId = left_out()
    recipient_type: RecipientType
    recipient_ids: RecipientIds = left_out()
    exclude_doubtful: Annotated[
        bool, Field(description="Leave out numbers that may not exist.", examples=[False])
    ] = left_out()
    scheduled_at: Start = left_out()
    time_zone: TimeZone = left_out()


class CampaignChange(Shape):
    """What changes of a draft; the rest stays."""

    name: Name = left_out()
    whatsapp_instance_id: Annotated[Id, Field(examples=[ID])] = left_out()
    message: Message = left_out()
    variables: Variables = left_out()
    message_template_id: TemplateId = left_out()
    recipient_type: RecipientType = left_out()
    recipient_ids: RecipientIds = left_out()
    exclude_doubtful: Annotated[bool, Field(examples=[False])] = left_out()
    scheduled_at: Start = left_out()
    time_zone: TimeZone = left_out()


class CampaignsAsked(Asked):
    """Which campaigns."""

    status: Annotated[Status | None, Field(examples=["running"])] = None


class Reach(Shape):
    """Whom a campaign would reach now. `recent` of them wrote within the last 24 hours; `leftOut` counts by reason:
    deleted, opted_out, inactive, no_number, doubtful, missing_value, and twice for those in several of its groups."""

    reached: Count
    recent: Count
    left_out: Annotated[dict[str, int], Field(examples=[{"opted_out": 3}])]


class Failure(Shape):
    """Why messages failed. `count` of them may be tried again now, `later` only at `dueAt`."""

    code: Annotated[int, Field(description="WhatsApp's own number, 0: ours.", examples=[131026])]
    count: Count
    later: Count
    due_at: Maybe
    is_promising: Annotated[bool, Field(description="Whether it may work this time.", examples=[False])]
    happened: Annotated[str, Field(examples=["This number is not on WhatsApp."])]
    advice: Annotated[str, Field(examples=["Correct the number, or leave it."])]


class Failures(Shape):
    """Every reason; who said no to messages is not among them."""

    items: list[Failure]


class Retry(Shape):
    """The reasons, by the `code` under which they are listed."""

    codes: Annotated[
        list[Annotated[int, WHOLE]], Field(min_length=1, max_length=100, examples=[[131000, 131026]])
    ]


class Resend(Shape):
    """How many they are, as the campaign tells: so that nobody sends again without having looked."""

    uncertain_count: Annotated[int, Field(ge=1, examples=[2]), WHOLE]


class CampaignSentAgain(Shape):
    """The campaign, and to how many people it is sent again."""

    campaign: CampaignWhole
    people: Annotated[int, Field(examples=[2])]


class Recipient(Shape):
    """One contact inside one campaign, as it was when the campaign began."""

    id: Id
    contact_id: Annotated[Id | None, Field(description="Null when it was erased.", examples=[ID])]
    phone_number: Annotated[str, Field(examples=["+1234567890"])]
    status: Annotated[RecipientStatus, Field(examples=["read"])]
    sent_at: Maybe
    delivered_at: Maybe
    read_at: Maybe
    failed_at: Maybe
    error_code: Annotated[int | None, Field(description="WhatsApp's own number.", examples=[None])]
    error_message: Annotated[str | None, Field(examples=[None])]
    message_id: Annotated[str | None, Field(examples=["wamid.HBgLMTIzNDU2Nzg5MA"])]


class RecipientsOf(Shape):
    """Which recipients a file of them has."""

    model_config = ConfigDict(strict=False)

    status: Annotated[RecipientStatus | None, Field(examples=["failed"])] = None


class RecipientsAsked(RecipientsOf):
    """Which recipients, in the order in which they are sent to."""

    limit: Limit = 50
    cursor: Annotated[
        str | None,
        Field(pattern="^[0-9]{1,18}$", description="The nextCursor of the page before.", examples=["50"]),
    ] = None
