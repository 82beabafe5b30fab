"""Message templates on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from webapp.api.shapes.base import Id, Moment, Shape, left_out
from webapp.api.shapes.lists import Asked

Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Spring"])]
Content = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4096,
        description="The text; {{name}} and what attributes are called stand for a contact's own values.",
        examples=["Hello {{name}}! Check out our new offers!"],
    ),
]
Variables = Annotated[
    dict[str, str],
    Field(
        description="For each placeholder what stands there when a contact has no value; empty: none.",
        examples=[{"name": "friend"}],
    ),
]
IsActive = Annotated[bool, Field(description="Whether campaigns may choose it.", examples=[True])]


class MessageTemplate(Shape):
    """A text with placeholders. One of kind `template` was approved by WhatsApp and is changed there."""

    id: Id
    name: Annotated[str, Field(examples=["Spring"])]
    kind: Literal["text", "template"]
    content: Annotated[str, Field(examples=["Hello {{name}}! Check out our new offers!"])]
    variables: Variables
    is_active: IsActive
    version: Annotated[int, Field(description="Counts up with every change.", examples=[1])]
    created_at: Moment
    updated_at: Moment


class MessageTemplateNew(Shape):
    """A text that campaigns may choose; no other template has its name."""

    name: Name
    content: Content
    variables: Variables = Field(default_factory=dict)
    is_active: IsActive = True


class MessageTemplateChange(Shape):
    """What changes; the rest stays. Campaigns that were started or scheduled keep their copy."""

    name: Name = left_out()
    content: Content = left_out()
    variables: Variables = left_out()
    is_active: IsActive = left_out()


class MessageTemplatesAsked(Asked):
    """Which templates."""

    status: Annotated[
        str | None,
        Field(pattern="^(active|inactive)$", description="active or inactive.", examples=["active"]),
    ] = None
