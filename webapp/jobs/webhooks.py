"""Jobs of the worker that posts webhooks."""

from webapp.delivering import deliverers


def deliver_webhooks() -> None:
    """Post whatever is due; while something is left, the next bell hangs already. Answers that are on their way are
    waited for here, up to five minutes: no other worker could hear them."""
    deliverers.serve_slice()
