"""Errors on the wire."""

from typing import Annotated

from pydantic import Field

from webapp.api.shapes.base import Shape


class Problem(Shape):
    """What went wrong, in one sentence; `field` is what has to be put right, where there is one."""

    code: Annotated[str, Field(examples=["invalid"])]
    message: Annotated[str, Field(examples=["This can not be empty."])]
    field: Annotated[str, Field(examples=["name"])] = ""


class Failed(Shape):
    """The one shape of every error."""

    error: Problem
