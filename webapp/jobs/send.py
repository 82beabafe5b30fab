"""Jobs of the sender."""

from webapp.sending import senders


def send_slice() -> None:
    """Serve whatever runs for some seconds; while there is work left, the next bell hangs already."""
    senders.serve_slice()
