"""Lane: one running campaign as one sender serves it: its batch under lease, its tokens, its next turn."""

import time
from dataclasses import dataclass

from webapp.sending import lease
from webapp.sending.agenda import Item
from webapp.sending.gate import gate
from webapp.sending.lease import Batch
from webapp.sending.pace import Pace
from webapp.sending.post import Post
from webapp.sending.store import Store
from webapp.sending.window import Flown

# How long a lane without work or leave to send is left alone.
REST_SECONDS = 0.5


@dataclass(slots=True)
class Lane:
    """`rests_until` is monotonic seconds."""

    item: Item
    post: Post
    store: Store
    pace: Pace
    lease_seconds: float
    batch: Batch | None = None
    tokens: int = 0
    rests_until: float = 0

    def is_ready(self, now: float) -> bool:
        return now >= self.rests_until

    def advance(self, most: int) -> Flown | None:
        """The next window of at most `most` rows, recorded and ready to be launched; None when there is none now."""
        if not self._has_rows():
            self._rest(REST_SECONDS)
            return None
        assert self.batch is not None
        wanted = min(most, len(self.batch.rows))
        # Tokens first: a window is never larger than the tokens in hand.
        if self.tokens < wanted:
            grant = self.pace.take(self.post.instance_id, wanted - self.tokens, self.post.per_second)
            self.tokens += grant.tokens
            if not self.tokens:
                self._rest(grant.wait)
                return None
        window = gate(
            self.store,
            self.batch,
            min(wanted, self.tokens),
            lease_seconds=self.lease_seconds,
            post_seconds=self.post.seconds,
        )
        if window is None:
            # Paused, cancelled, or another sender's lease by now: nothing of this batch may go.
            self.let_go()
            self._rest(REST_SECONDS)
            return None
        self.tokens -= len(window.rows)
        return Flown(window, self.post)

    def let_go(self) -> None:
        """Give the batch back, so that what is not gated is free for anybody."""
        if self.batch is not None:
            lease.release(self.store, self.batch)
            self.batch = None

    def _has_rows(self) -> bool:
        if self.batch is not None and not self.batch.rows:
            self.let_go()
        if self.batch is None:
            self.batch = lease.claim(
                self.store, self.item.tenant_id, self.item.campaign_id, self.lease_seconds
            )
        return self.batch is not None

    def _rest(self, seconds: float) -> None:
        self.rests_until = time.monotonic() + seconds
