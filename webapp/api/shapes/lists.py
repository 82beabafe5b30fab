"""Lists on the wire: newest first, a page at a time."""

import re
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, create_model

from webapp.api.shapes.base import ID, Id, Shape

Item = TypeVar("Item")


def _plain(text: object, info: ValidationInfo) -> object:
    """An address says true or false; other spellings of yes are a mistake."""
    is_text = isinstance(text, str) and info.mode == "python"
    return {"true": True, "false": False}.get(str(text), "neither") if is_text else text


def _digits(text: object, info: ValidationInfo) -> object:
    """An address says a number in plain digits."""
    is_text = isinstance(text, str) and info.mode == "python"
    return "none" if is_text and not re.fullmatch("[0-9]{1,9}", str(text)) else text


Limit = Annotated[
    int,
    Field(ge=1, le=200, description="How many, at most 200.", examples=[50]),
    BeforeValidator(_digits),
]
YesOrNo = Annotated[bool, BeforeValidator(_plain)]


class Paged(Shape):
    """Which page of a list. What an address says is text: numbers are read from it."""

    model_config = ConfigDict(strict=False)

    limit: Limit = 50
    cursor: Annotated[Id | None, Field(description="The nextCursor of the page before.", examples=[ID])] = (
        None
    )


class Asked(Paged):
    """Which of the objects, and which page of them. `deleted` asks for the trash."""

    q: Annotated[str | None, Field(max_length=200, description="A part of the name.", examples=["john"])] = (
        None
    )
    deleted: Annotated[YesOrNo, Field(description="The trash instead of the living.", examples=[False])] = (
        False
    )


class ListOf(Shape, Generic[Item]):
    """One page. `nextCursor` is null at the end; a page may be short, or empty, before the end."""

    items: list[Item]
    next_cursor: Annotated[str | None, Field(examples=[None])]


def list_of(item: type[Shape]) -> type[ListOf[Any]]:
    """The page of such objects, under a plain name."""
    return create_model(f"{item.__name__}List", __base__=ListOf[item], __doc__=ListOf.__doc__)  # type: ignore[valid-type]
