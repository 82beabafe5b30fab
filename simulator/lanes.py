"""The way of callbacks to one address: shared bodies, a few at a time, tried again until one gets its 200."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

from simulator.client import Client
from simulator.counts import Counts
from simulator.envelopes import Item, envelope, sign

_AT_ONCE = 8
_MOST_ITEMS = 1000
_MOST_WAITING = 200_000
# Beyond so many bodies waiting for another try, news waits unpacked.
_MOST_ASLEEP = 64
_HOUR = 3600.0
_WRONG_SECRET = "not-the-app-secret"  # noqa: S105


def _pauses() -> Iterator[float]:
    """At once, then growing. Meta's own schedule is not public; it gives up after a week."""
    return chain([0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0], repeat(30.0))


@dataclass(slots=True)
class Post:
    """One body on its way, the same bytes at every try."""

    body: bytes
    signature: str
    items: int
    forged: bool = False
    pauses: Iterator[float] = field(default_factory=_pauses)
    born: float = field(default_factory=time.monotonic)


class Lane:
    def __init__(self, url: str, app_secret: str, client: Client, counts: Counts) -> None:
        self._url, self._secret = url, app_secret
        self._client, self._counts = client, counts
        self._items: deque[Item] = deque()
        self._ready: deque[Post] = deque()
        self._asleep: dict[int, tuple[asyncio.TimerHandle, Post]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many bodies or unpacked items have not been answered with 200 yet."""
        return len(self._items) + len(self._ready) + len(self._asleep) + len(self._tasks)

    def add(self, item: Item) -> None:
        """Take news along; it leaves with the next `pump`. The oldest is lost where far too much waits."""
        if len(self._items) >= _MOST_WAITING:
            self._items.popleft()
            self._counts.callback_given_up += 1
        self._items.append(item)

    def push(self, body: bytes) -> None:
        """Post a body that is not made of items."""
        self._ready.append(Post(body, sign(body, self._secret), 1))
        self.pump()

    def forge(self, item: Item) -> None:
        """Post this item under a signature that is not the app's; once."""
        body = envelope([item])
        self._counts.forged += 1
        self._ready.append(Post(body, sign(body, _WRONG_SECRET), 1, forged=True))
        self.pump()

    def pump(self) -> None:
        """Start as many posts as may run at once."""
        while len(self._tasks) < _AT_ONCE and (post := self._next()) is not None:
            task = asyncio.get_running_loop().create_task(self._carry(post))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def wake(self) -> None:
        """Try everything again that waits for a pause to end."""
        for number, (timer, _) in list(self._asleep.items()):
            timer.cancel()
            self._wake(number)

    def _next(self) -> Post | None:
        if self._ready:
            return self._ready.popleft()
        if not self._items or len(self._asleep) >= _MOST_ASLEEP:
            return None
        batch = [self._items.popleft() for _ in range(min(len(self._items), _MOST_ITEMS))]
        body = envelope(batch)
        return Post(body, sign(body, self._secret), len(batch))

    async def _carry(self, post: Post) -> None:
        try:
            reply = await self._client.post(self._url, post.body, {"X-Hub-Signature-256": post.signature})
            arrived = reply.status == 200
        except OSError:
            arrived = False
        if post.forged:
            self._counts.forged_accepted += arrived
        elif arrived:
            self._counts.callbacks += 1
            self._counts.callback_items += post.items
        else:
            self._counts.callback_failures += 1
            self._again(post)

    def _again(self, post: Post) -> None:
        if time.monotonic() - post.born > _HOUR:
            self._counts.callback_given_up += post.items
            return
        timer = asyncio.get_running_loop().call_later(next(post.pauses), self._wake, id(post))
        self._asleep[id(post)] = timer, post

    def _wake(self, number: int) -> None:
        self._ready.append(self._asleep.pop(number)[1])
        self.pump()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.pump()
