"""Messages on the wire: what left and what arrived."""

from typing import Annotated, Literal

from pydantic import Field

from webapp.api.shapes.base import AT, ID, Id, Moment, Shape
from webapp.api.shapes.lists import Paged

Direction = Annotated[Literal["out", "in"], Field(examples=["out"])]
Status = Annotated[
    Literal["accepted", "sent", "failed", "delivered", "read", "received"], Field(examples=["read"])
]
Maybe = Annotated[Moment | None, Field(examples=[AT])]


class Message(Shape):
    """One message with WhatsApp's own id of it; `chatId` is the other side's WhatsApp id."""

    id: Id
    message_id: Annotated[str, Field(examples=["wamid.HBgLMTIzNDU2Nzg5MA"])]
    chat_id: Annotated[str, Field(examples=["1234567890"])]
    whatsapp_instance_id: Annotated[Id | None, Field(examples=[ID])]
    contact_id: Annotated[Id | None, Field(examples=[ID])]
    campaign_id: Annotated[Id | None, Field(examples=[ID])]
    direction: Direction
    type: Annotated[str, Field(examples=["text"])]
    content: Annotated[str, Field(examples=["Hello! Check out our new offers!"])]
    status: Status
    error_code: Annotated[int | None, Field(examples=[None])]
    sent_at: Maybe
    delivered_at: Maybe
    read_at: Maybe
    created_at: Moment


class MessagesAsked(Paged):
    """Which messages. `q` is a part of the name or number of the other side."""

    q: Annotated[str | None, Field(max_length=200, examples=["john"])] = None
    contact_id: Annotated[Id | None, Field(examples=[ID])] = None
    campaign_id: Annotated[Id | None, Field(examples=[ID])] = None
    direction: Direction | None = None
    status: Status | None = None
