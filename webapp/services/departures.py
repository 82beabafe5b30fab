"""Departures: sockets of somebody whose sessions were ended, or of a key that was revoked, look again at once whether
they may stay."""

import uuid
from typing import Final

from webapp import broker
from webapp.db import on_commit

CHANNEL: Final = "departures"


def tell(holder_id: uuid.UUID) -> None:
    """Say after the commit that sessions of this person, or this key, ended. May be lost: sockets look by themselves,
    too."""
    on_commit(_publish, holder_id)


def _publish(holder_id: uuid.UUID) -> None:
    broker.publish_on(broker.redis(), CHANNEL, {"user_id": str(holder_id)})
