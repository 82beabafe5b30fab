"""An act: one thing that a program may do, and all that doors and documents need to know of it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from webapp.api.shapes.base import Shape
from webapp.domain.errors import N_, Invalid
from webapp.services.api_keys import Holder as Holder

Method = Literal["GET", "POST", "PATCH", "DELETE"]

# What a list answers when it was told page by page.
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """`run` is called with the holder of the key, the id of the address if there is one, and what was given.

    Args:
        room: the noun it belongs to, as documents group acts: "contacts".
        path: of the JSON API, below /api/v1; `<uuid:id>` is the object.
        takes: what is given: of a GET in the address, else in the body.
        gives: what is answered; None: nothing.
        procedure: the name at the tRPC door ("contacts.create"); empty: not there.
        wrapped: under which name the tRPC door puts the answer; empty: as it is.
        id_name: what the tRPC door calls the id of the address.
        heavy: whether it is counted among those that cost more.
        raw: the kinds of a body that is no JSON; then `run` is also given its kind and its stream.
    """

    name: str
    room: str
    about: str
    scope: str
    method: Method
    path: str
    run: Callable[..., Any]
    takes: type[Shape] | None = None
    gives: type[Shape] | None = None
    status: int = 200
    procedure: str = ""
    wrapped: str = ""
    id_name: str = "id"
    heavy: bool = False
    raw: tuple[str, ...] = ()

    @property
    def has_id(self) -> bool:
        return "<uuid:id>" in self.path

    @property
    def is_query(self) -> bool:
        return self.method == "GET"

    @property
    def asks_in_address(self) -> bool:
        """Whether what is given stands in the address."""
        return self.is_query or bool(self.raw)

    def do(self, holder: Holder, key: uuid.UUID | None, given: Shape | None, *more: Any) -> Any:
        """Do it: the answer as JSON has it, None for nothing."""
        known = [value for value in (key, given) if value is not None]
        return self.run(holder, *known, *more)


SUCCESS: Final = {"success": True}


class Listed(Protocol):
    """A page of a list, as services answer with it."""

    @property
    def items(self) -> Sequence[Any]: ...

    @property
    def older(self) -> uuid.UUID | None: ...


def page_of(page: Listed, described: Callable[[Any], Mapping[str, Any]]) -> Told:
    """One page of a list as it is told."""
    return {
        "items": [dict(described(row)) for row in page.items],
        "nextCursor": str(page.older) if page.older else None,
    }


def moment(field: str, text: str) -> datetime:
    """What a text of the form of a moment says. Raises Invalid when there is no such day or time."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(field, N_("There is no such day or time.")) from None


def place(cursor: uuid.UUID | None) -> dict[str, uuid.UUID]:
    """Where a list goes on, as services take it."""
    return {"older": cursor} if cursor else {}
