"""Deliverers: the one of this process, kept from slice to slice with its warm connections and what is in the air."""

import logging
from typing import Final

from flask import current_app

from webapp import broker
from webapp.delivering.slice import Deliverer
from webapp.services import outgoing

log = logging.getLogger(__name__)

SLICE_SECONDS: Final = 20

# Five minutes: RQ holds a job of more than seven for one whose worker died.
MOST_SLICES: Final = 15


def serve_slice() -> None:
    """Post whatever is due for some seconds, and ring for the next slice while something is left.

    Another worker may take that bell, so what is in the air here does not wait for it: slice follows slice until all
    has landed, and after the last one it is waited for.
    """
    deliverer = here()
    for _ in range(MOST_SLICES):
        is_left = deliverer.serve(broker.is_stopping, SLICE_SECONDS)
        if not is_left or broker.is_stopping():
            break
        _ring(deliverer)
        if not deliverer.is_busy:
            break
    deliverer.land()


def _ring(deliverer: Deliverer) -> None:
    try:
        # A Redis that hangs takes seconds to say so, and the posts in the air have no more than some.
        deliverer.meanwhile(broker.ring, "deliver_webhooks")
    except broker.Unreachable:
        log.warning("redis_away")


def here() -> Deliverer:
    """This process's deliverer, made at its first slice."""
    if "crier_deliverer" not in current_app.extensions:
        settings = current_app.config["CRIER"]
        current_app.extensions["crier_deliverer"] = Deliverer(settings, outgoing.rules())
    deliverer: Deliverer = current_app.extensions["crier_deliverer"]
    return deliverer
