"""Undone: what a refused verb left in its session, taken back before the next one begins."""

from webapp.db import db


def take_back() -> None:
    """Forget what was not committed; the context goes on acting for its tenant."""
    db.session.rollback()
