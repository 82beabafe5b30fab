"""What a procedure is given: the fields of its act, the id of its object, and the tenant that it speaks of."""

import json
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Final

from flask_babel import gettext as _
from pydantic import Field, create_model

from webapp.api.acts.act import Act
from webapp.api.problems import Problem
from webapp.api.shapes.base import ID, Shape
from webapp.domain.errors import N_

_NO_OBJECT: Final = N_("This must be a JSON object.")
_OTHER_TENANT: Final = N_("There is no such tenant.")


@dataclass(frozen=True, slots=True)
class Given:
    """The id of the object, if the act is about one, and the rest."""

    key: uuid.UUID | None
    shape: Shape | None


def read(act: Act, tenant_id: uuid.UUID, given: Any) -> Given:
    """The input of a call. Raises ValidationError; Problem for another tenant than the key's own."""
    if given is not None and not isinstance(given, dict):
        raise Problem(422, "wrong_shape", _(_NO_OBJECT))
    rest = dict(given or {})
    _require_own(tenant_id, rest.pop("tenantId", None))
    key = (
        _key(act, {act.id_name: rest.pop(act.id_name)} if act.id_name in rest else {}) if act.has_id else None
    )
    # Strictly, those shapes too that are read from the text of an address at the other door.
    shape = (act.takes or Shape).model_validate_json(json.dumps(rest), strict=True)
    return Given(key, shape if act.takes else None)


def _require_own(tenant_id: uuid.UUID, asked: object) -> None:
    if asked is not None and str(asked).lower() != str(tenant_id):
        raise Problem(404, "not_found", _(_OTHER_TENANT), "tenantId")


def _key(act: Act, given: dict[str, Any]) -> uuid.UUID:
    key: uuid.UUID = _NAMED[act.id_name].model_validate_json(json.dumps(given)).key  # type: ignore[attr-defined]
    return key


def _named(name: str) -> type[Shape]:
    key = Annotated[uuid.UUID, Field(alias=name, examples=[ID])]
    return create_model("One", __base__=Shape, key=(key, ...))


_NAMED: Final = {name: _named(name) for name in ("id", "groupId")}
