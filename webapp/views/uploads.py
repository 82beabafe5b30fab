"""Uploads: which routes take more than a form does, told before anything reads the request."""

from typing import Final

from flask import Flask, request

from webapp.domain.errors import N_, Invalid

# The file and the little that a form puts around it.
LARGEST: Final = {"imports.upload": 50 * 1024 * 1024 + 64 * 1024}

# A browser that is cut off while it still sends shows its own error instead of our sentence.
_READ_AND_DROPPED: Final = 256 * 1024 * 1024
_TOO_LARGE: Final = N_("This file is larger than 50 MB. Split it and upload the parts.")


def install(app: Flask) -> None:
    """Goes between the gate, which turns strangers away, and the CSRF check, which reads the form."""
    app.before_request(_allow)


def _allow() -> None:
    limit = LARGEST.get(request.endpoint or "")
    if limit is None:
        return
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        _drop(request.content_length or 0)
        raise Invalid("file", _TOO_LARGE)


def _drop(length: int) -> None:
    left = min(length, _READ_AND_DROPPED)
    stream = request.environ["wsgi.input"]
    while left > 0 and (data := stream.read(min(left, 65_536))):
        left -= len(data)
