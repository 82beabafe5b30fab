"""Contacts on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from webapp.api.shapes.base import ID, OTHER_ID, Id, Moment, Shape, left_out
from webapp.api.shapes.lists import Asked

PhoneNumber = Annotated[
    str,
    Field(
        max_length=100,
        description="With + and country code, however it is spaced; without them a number of the default country.",
        examples=["+1234567890"],
    ),
]
Name = Annotated[str, Field(max_length=200, examples=["John Doe"])]
Attributes = Annotated[
    dict[str, str],
    Field(description="What {{placeholders}} of a message may name, by name.", examples=[{"city": "Lisbon"}]),
]
IsActive = Annotated[bool, Field(description="Whether campaigns may reach this person.", examples=[True])]


class Contact(Shape):
    """Somebody to write to. `phoneNumber` is null for people who hide theirs."""

    id: Id
    phone_number: Annotated[str | None, Field(examples=["+1234567890"])]
    name: Annotated[str, Field(examples=["John Doe"])]
    attributes: Attributes
    is_active: IsActive
    created_at: Moment
    updated_at: Moment


class OptOut(Shape):
    """Somebody's no to messages, and where they said it: a word they wrote, WhatsApp's own switch (native), a page or
    a program of ours, or an answer of WhatsApp's."""

    source: Annotated[Literal["stop_word", "native", "page", "provider_error"], Field(examples=["stop_word"])]
    at: Moment


class ContactWhole(Contact):
    """One contact with its groups. Without `optOuts` messages may go there."""

    group_ids: Annotated[list[Id], Field(examples=[[OTHER_ID]])]
    opt_outs: list[OptOut]
    is_doubtful: Annotated[bool, Field(description="Whether the number may not exist.", examples=[False])]


class ContactNew(Shape):
    """Somebody who is added by a number that no other contact has."""

    phone_number: PhoneNumber
    name: Name = ""
    attributes: Attributes = Field(default_factory=dict)
    is_active: IsActive = True
    group_ids: Annotated[list[Id], Field(max_length=100, examples=[[OTHER_ID]])] = Field(default_factory=list)


class ContactChange(Shape):
    """What changes; the rest stays. `attributes` takes the place of all there were."""

    phone_number: PhoneNumber = left_out()
    name: Name = left_out()
    attributes: Attributes = left_out()
    is_active: IsActive = left_out()


class ContactsAsked(Asked):
    """Which contacts: `q` is a part of the name or of the number."""

    group_id: Annotated[Id | None, Field(description="Only members of this group.", examples=[ID])] = None
    status: Annotated[
        str | None,
        Field(
            pattern="^(active|inactive|opted_out|doubtful)$",
            description="active, inactive, opted_out or doubtful.",
            examples=["active"],
        ),
    ] = None


class Contacts(Shape):
    """Contacts: all of them, or none when one is not there."""

    contact_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000, examples=[[ID, OTHER_ID]])]


class ContactsDeleted(Shape):
    """How many went into the trash."""

    deleted: Annotated[int, Field(examples=[2])]


class ContactsRestored(Shape):
    """How many came back, and how many could not because a living contact has their number by now."""

    restored: Annotated[int, Field(examples=[2])]
    taken: Annotated[int, Field(examples=[0])]
