"""Book: what was accepted, as cheaply as it can be noted."""

import os
import time
from array import array
from typing import NamedTuple


class Accepted(NamedTuple):
    """A message that waits for its statuses."""

    message_id: bytes
    to: bytes
    tracker: bytes
    at: float


class Book:
    """`posts` counts messages, `trackers` holds the distinct ones, `arrivals` monotonic seconds.

    With `keeps` every message is kept in `accepted`, to be called back."""

    def __init__(self) -> None:
        self._prefix = b"wamid.HBgLNDkxNTEwMDAwMDA" + os.urandom(6).hex().encode()
        self._made = 0
        self.forget(keeps=False)

    def forget(self, *, keeps: bool) -> None:
        self.keeps = keeps
        self.posts = 0
        self.trackers: set[bytes] = set()
        self.arrivals = array("d")
        self.accepted: list[Accepted] = []

    def take(self, body: bytes) -> tuple[bytes, bytes]:
        """Note one message; its phone number without + and its new id, which no other message has."""
        tracker = _after(body, b'"biz_opaque_callback_data":"')
        to = _after(body, b'"to":"+')
        now = time.monotonic()
        self._made += 1
        self.posts += 1
        self.trackers.add(tracker)
        self.arrivals.append(now)
        message_id = b"%s%012d" % (self._prefix, self._made)
        if self.keeps:
            self.accepted.append(Accepted(message_id, to, tracker, now))
        return to, message_id


def _after(body: bytes, mark: bytes) -> bytes:
    """The string that follows; empty when the mark is not there. Bodies are compact JSON."""
    found = body.find(mark)
    if found < 0:
        return b""
    start = found + len(mark)
    return body[start : body.find(b'"', start)]
