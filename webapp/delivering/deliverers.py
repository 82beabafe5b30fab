"""Deliverers: the one of this process, kept from slice to slice with its warm connections and what is in the air."""

import logging
from typing import Final

from flask import current_app

from webapp import broker
from webapp.delivering.slice import Deliverer
from webapp.services import outgoing

log = logging.getLogger(__name__)

SLICE_SECONDS: Final = 20


def serve_slice() -> None:
    """Post for some seconds whatever is due, and ring for the next slice while something is left."""
    deliverer = here()
    if not deliverer.serve(broker.is_stopping, SLICE_SECONDS) or broker.is_stopping():
        return
    try:
        # A Redis that hangs takes seconds to say so, and the posts in the air have no more than some.
        deliverer.meanwhile(broker.ring, "deliver_webhooks")
    except broker.Unreachable:
        log.warning("redis_away")
        deliverer.land()


def here() -> Deliverer:
    """This process's deliverer, made at its first slice."""
    if "crier_deliverer" not in current_app.extensions:
        settings = current_app.config["CRIER"]
        current_app.extensions["crier_deliverer"] = Deliverer(settings, outgoing.rules())
    deliverer: Deliverer = current_app.extensions["crier_deliverer"]
    return deliverer
