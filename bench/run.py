"""Run: what every measurement has at hand."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from bench import tls
from bench.house import House, house
from bench.provider import Stub, stub


@dataclass
class Run:
    """The house, the stub, and how much is to be measured.

    `posts` is what the bare loop posts, `load` that of the machine before, `failed` says what has no figure and why."""

    house: House
    stub: Stub
    secure_stub: Stub | None
    pairs: int
    people: int
    posts: int
    seed: int
    load: tuple[float, float, float] = field(default_factory=os.getloadavg)
    failed: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """Tell whoever waits how far it is."""
        self.said.append(sentence)
        print(f"  {sentence}", file=sys.stderr, flush=True)


@contextmanager
def started(*, pairs: int, people: int, posts: int, seed: int) -> Iterator[Run]:
    """Servers, application and stub, until the block is left."""
    with ExitStack() as stack:
        own_house = stack.enter_context(house())
        own_stub = stack.enter_context(stub())
        secure = stack.enter_context(tls.before(own_stub)) if tls.is_there() else None
        yield Run(own_house, own_stub, secure, pairs, people, posts, seed)
