"""Readers: who looks at one campaign. Those of a kind see the same, so that each frame is drawn once for them."""

import logging
import time
import uuid
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from webapp.services.live.mailbox import Mailbox
from webapp.services.live.watch import State, Watch

log = logging.getLogger(__name__)

# Fragments by their id. Called without a request and without a transaction, for every frame: it asks no database.
Draw = Callable[[State], dict[str, str]]

# What was read so lately, in seconds, is the present state.
_FRESH: Final = 1.0
# How often PostgreSQL is asked how it really is, for any frame may be lost: while Redis is there, after the
# campaign is over, and while Redis is away.
_READ_EVERY: Final = 15.0
_READ_OVER_EVERY: Final = 60.0
_READ_DEAF_EVERY: Final = 2.0
# While changes follow each other more closely than this, frames tell them.
_QUIET: Final = 0.5


@dataclass(slots=True)
class _Kind:
    """What these readers have been shown, by fragment."""

    draw: Draw
    shown: dict[str, str] = field(default_factory=dict)
    mailboxes: list[Mailbox] = field(default_factory=list)


@dataclass(slots=True)
class Readers:
    """A campaign that is looked at. `reading` lets one of many who come at once ask for all of them; `more_at` is
    when it last changed without a frame."""

    tenant_id: uuid.UUID
    watch: Watch | None = None
    reading: Lock = field(default_factory=Lock)
    read_at: float = -_FRESH
    is_due: bool = False
    more_at: float | None = None
    count: int = 0
    _kinds: dict[Hashable, _Kind] = field(default_factory=dict)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.read_at < _FRESH

    def is_old(self, is_connected: bool) -> bool:
        """Whether PostgreSQL is to be asked again; `is_connected` says whether frames come at all."""
        is_over = self.watch is not None and self.watch.figures.is_over
        patience = (_READ_OVER_EVERY if is_over else _READ_EVERY) if is_connected else _READ_DEAF_EVERY
        now = time.monotonic()
        has_more = self.more_at is not None and now - self.more_at > _QUIET
        return self.is_due or has_more or now - self.read_at > patience

    @property
    def moves_by_itself(self) -> bool:
        """While it runs the rate falls when nothing comes."""
        return self.watch is not None and self.watch.figures.status == "running"

    def renew(self, fresh: Watch) -> None:
        """What PostgreSQL says."""
        if self.watch is None:
            self.watch = fresh
        else:
            self.watch.renew(fresh)

    def enter(self, kind: Hashable, draw: Draw, mailbox: Mailbox) -> None:
        """Give a reader everything there is, and from now on whatever changes."""
        if kind not in self._kinds:
            self._kinds[kind] = _Kind(draw)
            self.show()
        self._kinds[kind].mailboxes.append(mailbox)
        mailbox.put(self._kinds[kind].shown)

    def leave(self, kind: Hashable, mailbox: Mailbox) -> None:
        """Does nothing for somebody who never entered."""
        those = self._kinds.get(kind)
        if those is not None and mailbox in those.mailboxes:
            those.mailboxes.remove(mailbox)
            if not those.mailboxes:
                del self._kinds[kind]

    def show(self) -> None:
        """Hand out what differs from what was shown last."""
        if self.watch is None:
            return
        state = self.watch.state()
        for kind in self._kinds.values():
            try:
                drawn = kind.draw(state)
            except Exception:
                log.exception("frame_not_drawn")
                continue
            changed = {name: html for name, html in drawn.items() if kind.shown.get(name) != html}
            kind.shown = drawn
            if changed:
                for mailbox in kind.mailboxes:
                    mailbox.put(changed)

    def mailboxes(self) -> Iterator[Mailbox]:
        for kind in self._kinds.values():
            yield from kind.mailboxes
