"""Acts about WhatsApp instances: the numbers that send."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from webapp.api.acts.act import Act, Holder, Told
from webapp.api.acts.kept import Kept
from webapp.api.shapes.lists import Asked
from webapp.api.shapes.whatsapp_instances import (
    WhatsappInstance,
    WhatsappInstanceChange,
    WhatsappInstanceNew,
    WhatsappInstanceWhole,
)
from webapp.domain import as_json
from webapp.services import whatsapp_instances as numbers


def _look(holder: Holder, key: uuid.UUID) -> Told:
    return _whole(numbers.get(holder.tenant_id, key))


def _whole(number: Any) -> Told:
    """With what its last check found."""
    found, callbacks = number.check_result.get("problems", ()), number.check_result.get("callbacks")
    return numbers.described(number) | {
        "checkedAt": as_json.moment(number.checked_at),
        "problems": [_problem(one) for one in (*found, *([callbacks] if callbacks else []))],
    }


def _problem(found: Mapping[str, Any]) -> Told:
    return {
        "happened": found["sentence"],
        "advice": found.get("advice", ""),
        "details": found.get("details", ""),
    }


def _create(holder: Holder, new: WhatsappInstanceNew) -> Told:
    return _whole(numbers.create(holder.tenant_id, **_typed(new)))


def _change(holder: Holder, key: uuid.UUID, change: WhatsappInstanceChange) -> Told:
    return _whole(numbers.update(holder.tenant_id, key, **_typed(change)))


def _check(holder: Holder, key: uuid.UUID) -> Told:
    return _whole(numbers.check_again(holder.tenant_id, key))


def _pause(holder: Holder, key: uuid.UUID) -> Told:
    return _whole(numbers.pause(holder.tenant_id, key))


def _unpause(holder: Holder, key: uuid.UUID) -> Told:
    return _whole(numbers.unpause(holder.tenant_id, key))


def _typed(shape: WhatsappInstanceNew | WhatsappInstanceChange) -> Any:
    return shape.given()


_KEPT: Final = Kept(
    room="whatsappInstances",
    path="/whatsapp-instances",
    noun="WhatsApp number",
    wrapped="whatsappInstance",
    scope="numbers",
    service=numbers,
    described=numbers.described,
    told=WhatsappInstance,
    new=WhatsappInstanceNew,
    changed=WhatsappInstanceChange,
    asked=Asked,
    create=_create,
    change=_change,
    look=_look,
    told_whole=WhatsappInstanceWhole,
)
_WHOLE: Final[dict[str, Any]] = {"gives": WhatsappInstanceWhole, "wrapped": "whatsappInstance"}

ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _KEPT.act(
        "check", "Have a number checked at the provider, in the background.", "POST", "/check", _check, heavy=True,
        **_WHOLE,
    ),
    _KEPT.act("pause", "Let nothing more go out from a number.", "POST", "/pause", _pause, **_WHOLE),
    _KEPT.act(
        "unpause", "Let a paused number send again, and have it checked.", "POST", "/unpause", _unpause, **_WHOLE
    ),
)  # fmt: skip
