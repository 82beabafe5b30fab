"""Webhooks on the wire, and the log of what was posted to them."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from webapp.api.shapes.base import AT, ID, Id, Moment, Shape, left_out
from webapp.api.shapes.lists import Paged
from webapp.domain.events import WEBHOOK_EVENTS

Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Our shop"])]
Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["https://example.org/crier"])]
EventName = Annotated[str, Field(json_schema_extra={"enum": list(WEBHOOK_EVENTS)})]
Events = Annotated[
    list[EventName],
    Field(
        max_length=100,
        description="The events it hears; empty: all that are not told of every single message.",
        examples=[["contact_created", "campaign_status_changed"]],
    ),
]
Description = Annotated[str, Field(max_length=1000, examples=["Tells the shop who wants no more messages."])]
Since = Annotated[
    str,
    Field(
        pattern=r"^20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$",
        examples=["2026-03-02T09:30:00Z"],
    ),
]
IsActive = Annotated[bool, Field(description="Whether it is posted to.", examples=[True])]
Secret = Annotated[
    str,
    Field(
        description="Signs every post (Standard Webhooks).",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ),
]


class Webhook(Shape):
    """An address that hears of events."""

    id: Id
    name: Annotated[str, Field(examples=["Our shop"])]
    url: Annotated[str, Field(examples=["https://example.org/crier"])]
    description: Description
    events: Annotated[list[str], Field(examples=[["contact_created"]])]
    is_active: IsActive
    disabled_reason: Annotated[str | None, Field(examples=[None])]
    created_at: Moment
    updated_at: Moment


class WebhookWithSecret(Webhook):
    """The webhook with its secret, which is told when it is made."""

    secret: Secret


class WebhookNew(Shape):
    """An address that is to hear of events."""

    name: Name
    url: Url
    events: Events = Field(default_factory=list)
    description: Description = ""
    is_active: IsActive = True


class WebhookChange(Shape):
    """What changes; the rest stays."""

    name: Name = left_out()
    url: Url = left_out()
    events: Events = left_out()
    description: Description = left_out()
    is_active: IsActive = left_out()


class WebhookLog(Shape):
    """One event to one webhook, with what came of it. `payload` and `response` are null without `events:read`."""

    id: Id
    webhook_id: Id
    event_id: Annotated[Id | None, Field(examples=[ID])]
    event: Annotated[str, Field(examples=["contact_created"])]
    payload: Annotated[dict[str, Any] | None, Field(examples=[{"type": "contact_created"}])]
    success: Annotated[bool, Field(examples=[True])]
    status_code: Annotated[int | None, Field(examples=[200])]
    response: Annotated[str | None, Field(examples=["ok"])]
    error_message: Annotated[str | None, Field(examples=[None])]
    attempt_count: Annotated[int, Field(examples=[1])]
    next_attempt_at: Annotated[Moment | None, Field(examples=[AT])]
    completed_at: Annotated[Moment | None, Field(examples=[AT])]
    created_at: Moment


class WebhookLogsAsked(Paged):
    """Which entries of the log."""

    event: Annotated[str | None, Field(max_length=100, examples=["contact_created"])] = None
    status: Annotated[Literal["waiting", "succeeded", "failed"] | None, Field(examples=["failed"])] = None
    since: Annotated[Since | None, Field(description="Only what came about since then.")] = None


class Replay(Shape):
    """The entry that is posted once more."""

    log_id: Id


class ReplayFailed(Shape):
    """Since when."""

    since: Since


class Replayed(Shape):
    """How many are posted once more."""

    replayed: Annotated[int, Field(examples=[2])]


class TriesAsked(Shape):
    """Of which entry."""

    model_config = ConfigDict(strict=False)

    log_id: Id


class Try(Shape):
    """One try: what was answered, or why nothing was. `requestHeaders` are without the signature; `response` is null
    without `events:read`."""

    number: Annotated[int, Field(examples=[1])]
    status_code: Annotated[int | None, Field(examples=[500])]
    response: Annotated[str | None, Field(examples=["out of order"])]
    error_message: Annotated[str | None, Field(examples=["It answered 500."])]
    duration_ms: Annotated[int | None, Field(examples=[120])]
    request_headers: Annotated[dict[str, str] | None, Field(examples=[{"content-type": "application/json"}])]
    started_at: Moment
    completed_at: Annotated[Moment | None, Field(examples=[AT])]


class Tries(Shape):
    """All of them; an entry has few."""

    items: list[Try]
