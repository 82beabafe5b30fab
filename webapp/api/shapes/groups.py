"""Groups on the wire."""

from typing import Annotated

from pydantic import Field

from webapp.api.shapes.base import ID, OTHER_ID, Id, Moment, Shape, left_out

Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Marketing List"])]
Description = Annotated[str, Field(max_length=1000, examples=["Q1 Marketing Campaign"])]
IsActive = Annotated[bool, Field(description="Whether campaigns may choose it.", examples=[True])]


class Group(Shape):
    """Some contacts under one name. `contactCount` counts the living ones."""

    id: Id
    name: Annotated[str, Field(examples=["Marketing List"])]
    description: Annotated[str, Field(examples=["Q1 Marketing Campaign"])]
    is_active: IsActive
    contact_count: Annotated[int, Field(examples=[2])]
    created_at: Moment
    updated_at: Moment


class GroupNew(Shape):
    """An empty group; no other has its name."""

    name: Name
    description: Description = ""
    is_active: IsActive = True


class GroupChange(Shape):
    """What changes; the rest stays."""

    name: Name = left_out()
    description: Description = left_out()
    is_active: IsActive = left_out()


class Members(Shape):
    """Contacts that come into a group or leave it: all of them, or none when one is not there."""

    contact_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000, examples=[[ID, OTHER_ID]])]


class MembersAdded(Shape):
    """The group, and how many of them were not in it yet."""

    group: Group
    added: Annotated[int, Field(examples=[2])]


class MembersRemoved(Shape):
    """The group, and how many of them were in it."""

    group: Group
    removed: Annotated[int, Field(examples=[2])]
