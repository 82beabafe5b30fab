"""Senders: the one of this process, kept from slice to slice with its warm connections."""

from flask import current_app

from webapp import broker
from webapp.sending import continuity
from webapp.sending.slice import Sender
from webapp.services import outgoing


def serve_slice() -> None:
    """Serve for some seconds whatever runs, and ring for the next slice while there is work left. First of all see
    that the database remembers what was sent: after a restore nothing is claimed."""
    continuity.check()
    if here().serve(broker.is_stopping) and not broker.is_stopping():
        broker.ring("send_slice")


def here() -> Sender:
    """This process's sender, made at its first slice."""
    if "crier_sender" not in current_app.extensions:
        settings = current_app.config["CRIER"]
        current_app.extensions["crier_sender"] = Sender(settings, outgoing.rules(), broker.impatient_redis())
    sender: Sender = current_app.extensions["crier_sender"]
    return sender
