"""Acts about WhatsApp instances: the numbers that send."""

import uuid
from typing import Any, Final

from webapp.api.acts.act import Act, Holder, Told
from webapp.api.acts.kept import Kept
from webapp.api.shapes.lists import Asked
from webapp.api.shapes.whatsapp_instances import (
    WhatsappInstance,
    WhatsappInstanceChange,
    WhatsappInstanceNew,
)
from webapp.services import whatsapp_instances as numbers


def _create(holder: Holder, new: WhatsappInstanceNew) -> Told:
    return numbers.described(numbers.create(holder.tenant_id, **_typed(new)))


def _change(holder: Holder, key: uuid.UUID, change: WhatsappInstanceChange) -> Told:
    return numbers.described(numbers.update(holder.tenant_id, key, **_typed(change)))


def _check(holder: Holder, key: uuid.UUID) -> Told:
    return numbers.described(numbers.check_again(holder.tenant_id, key))


def _pause(holder: Holder, key: uuid.UUID) -> Told:
    return numbers.described(numbers.pause(holder.tenant_id, key))


def _unpause(holder: Holder, key: uuid.UUID) -> Told:
    return numbers.described(numbers.unpause(holder.tenant_id, key))


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
)

ACTS: Final[tuple[Act, ...]] = (
    *_KEPT.acts(),
    _KEPT.act(
        "check", "Have a number checked at the provider, in the background.", "POST", "/check", _check,
        gives=WhatsappInstance, wrapped="whatsappInstance", heavy=True,
    ),
    _KEPT.act(
        "pause", "Let nothing more go out from a number.", "POST", "/pause", _pause, gives=WhatsappInstance,
        wrapped="whatsappInstance",
    ),
    _KEPT.act(
        "unpause", "Let a paused number send again, and have it checked.", "POST", "/unpause", _unpause,
        gives=WhatsappInstance, wrapped="whatsappInstance",
    ),
)  # fmt: skip
