"""Lane: one running campaign as one sender serves it: its batch under lease, its tokens, its next turn."""

import time
import uuid
from dataclasses import dataclass, field

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
    # Batches that are used up or refused: given back when their last window is settled.
    leaving: list[Batch] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        return self.batch is None and not self.leaving

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
        """Gate no more of this batch; `give_back` frees it."""
        if self.batch is not None:
            self.leaving.append(self.batch)
            self.batch = None

    def give_back(self, in_air: set[uuid.UUID]) -> None:
        """Free the batches that are done with here and have no window in the air."""
        for batch in [batch for batch in self.leaving if batch.id not in in_air]:
            lease.release(self.store, batch)
            self.leaving.remove(batch)

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
