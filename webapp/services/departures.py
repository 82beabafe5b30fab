"""Departures: sockets of somebody whose sessions were ended look again at once whether they may stay."""

import uuid
from typing import Final

from webapp import broker
from webapp.db import on_commit

CHANNEL: Final = "departures"


def tell(user_id: uuid.UUID) -> None:
    """Say after the commit that sessions of this person ended. May be lost: sockets look by themselves, too."""
    on_commit(_publish, user_id)


def _publish(user_id: uuid.UUID) -> None:
    broker.publish_on(broker.redis(), CHANNEL, {"user_id": str(user_id)})
