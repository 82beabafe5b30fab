"""Contacts on the wire."""

from typing import Annotated

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
