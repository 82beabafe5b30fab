"""Shown once: after a POST that made a secret its page is asked for with a GET, as after every POST. The first one
shows the secret; a reload does nothing again and finds it gone."""

import uuid

from flask import request

from webapp.services import shown_once
from webapp.views.guard import here


def keep(about: uuid.UUID, secret: str) -> None:
    """Before the redirect: keep a secret of the thing with this id for the page that comes next in this browser."""
    shown_once.keep(here().signed_in, about, secret)


def take(about: uuid.UUID) -> str | None:
    """The secret that was kept, this one time; None afterwards, after ten minutes, and in any other browser."""
    if request.method != "GET":
        return None  # a HEAD shows nothing to anybody
    return shown_once.take(here().signed_in, about)
