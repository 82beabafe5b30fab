"""What a request of the JSON API gives: read strictly, so that nothing is taken for something else."""

from collections.abc import Collection
from typing import BinaryIO, Final, cast

from flask import request
from flask_babel import gettext as _

from webapp.api.problems import Problem
from webapp.api.shapes.base import Shape
from webapp.domain.errors import N_

_ONCE: Final = N_("Say this once.")
_KINDS: Final = N_("This takes %(kinds)s: say so in the header Content-Type.")


def address(shape: type[Shape]) -> Shape:
    """The part of the address behind the question mark. Raises ValidationError, Problem."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Problem(422, "wrong_shape", _(_ONCE), name)
    return shape.model_validate(request.args.to_dict())


def raw(kinds: Collection[str]) -> tuple[str, BinaryIO] | tuple[()]:
    """A body that is no JSON, unread, with its kind. Raises Problem for another kind."""
    if not kinds:
        return ()
    if request.mimetype not in kinds:
        raise _other_kind(kinds)
    return request.mimetype, cast(BinaryIO, request.stream)


def body(shape: type[Shape]) -> Shape:
    """The body. Raises ValidationError, Problem for another kind of data."""
    return shape.model_validate_json(json_body())


def json_body() -> bytes:
    """The body, which is not looked at. Raises Problem when it says that it is something else."""
    if request.mimetype not in ("", "application/json"):
        raise _other_kind(["application/json"])
    return request.get_data(cache=True)


def _other_kind(kinds: Collection[str]) -> Problem:
    return Problem(415, "unsupported_media_type", _(_KINDS, kinds=" or ".join(kinds)))
