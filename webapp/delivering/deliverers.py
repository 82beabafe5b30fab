"""Deliverers: the one of this process, kept from slice to slice with its warm connections and what is in the air."""

import logging

from flask import current_app

from webapp import broker
from webapp.delivering.slice import Deliverer
from webapp.services import outgoing

log = logging.getLogger(__name__)


def serve_slice() -> None:
    """Post for some seconds whatever is due, and ring for the next slice while something is left."""
    deliverer = here()
    if not deliverer.serve(broker.is_stopping) or broker.is_stopping():
        return
    try:
        broker.ring("deliver_webhooks")
    except broker.Unreachable:
        # Nobody rings while Redis is away: what is in the air must not wait for that.
        log.warning("redis_away")
        deliverer.land()


def here() -> Deliverer:
    """This process's deliverer, made at its first slice."""
    if "crier_deliverer" not in current_app.extensions:
        settings = current_app.config["CRIER"]
        current_app.extensions["crier_deliverer"] = Deliverer(settings, outgoing.rules())
    deliverer: Deliverer = current_app.extensions["crier_deliverer"]
    return deliverer
