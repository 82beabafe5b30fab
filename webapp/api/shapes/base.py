"""What every shape is made of."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from webapp.domain.errors import N_, Invalid

ID = "01997f3a-52c1-7d4e-9b1a-6f0c2d8e4a17"
OTHER_ID = "01997f3b-0a5d-7c22-8e4f-1b9d3c7a6e05"
AT = "2026-03-02T09:30:00.000000+00:00"

_NO_NUL: Final = N_("No text has this character.")


class Shape(BaseModel):
    """An object of JSON: camelCase, nothing that is not named, no value taken for another kind of value, and no NUL,
    which PostgreSQL does not take."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
        strict=True,
    )

    @field_validator("*")
    @classmethod
    def _without_nul(cls, value: Any, info: ValidationInfo) -> Any:
        if _has_nul(value):
            raise Invalid(info.field_name or "", _NO_NUL)
        return value

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """The object from what JSON makes of it. Raises pydantic.ValidationError."""
        return cls.model_validate_json(json.dumps(told))

    def given(self) -> dict[str, Any]:
        """The fields that were really given, under the names that verbs take."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _has_nul(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_nul(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return any(_has_nul(part) for part in value)
    return isinstance(value, str) and "\0" in value


def _whole(value: object) -> object:
    """JSON has one kind of number: 80.0 is a whole one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# After the limits of a number: before them, its schema would not say them.
WHOLE = BeforeValidator(_whole)
Id = Annotated[uuid.UUID, Field(examples=[ID])]
Moment = Annotated[datetime, Field(examples=[AT])]


def left_out() -> Any:
    """The default of a field of a sparse change: it may be left out, and then it stays as it is."""
    return Field(default_factory=lambda: None)
