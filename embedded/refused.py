"""What stops a start."""


class Refused(Exception):
    """Why nothing was started, as one sentence for the person at the terminal, with what to do about it."""
