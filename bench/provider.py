"""The stub as a run sees it, and the bare loop against it."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import children


@dataclass(frozen=True)
class Stub:
    """`base_url` is where messages go: the stub itself, or nginx before it, then with the certificate to trust."""

    own_url: str
    base_url: str
    cafile: str | None = None

    def stats(self) -> dict[str, Any]:
        return dict(self._ask("stats"))

    def arrivals(self) -> list[float]:
        return list(self._ask("arrivals"))

    def news(self) -> dict[str, Any]:
        return dict(self._ask("news"))

    def reset(self, *, keep: bool = False) -> None:
        """Forget everything; with `keep` every message from here on is kept to be called back."""
        self._ask("reset", keep=keep)

    def call_back(self, **where: Any) -> None:
        self._ask("callbacks", **where)

    def bare(self, posts: int) -> dict[str, float]:
        """What the bare loop posts in a second, now, and its processor microseconds for each."""
        self.reset()
        certificate = ["--cafile", self.cafile] if self.cafile else []
        address = f"{self.base_url}/v23.0/720000000000101/messages"
        told = children.answer_of("-m", "bench.bare", address, "--posts", str(posts), *certificate)
        return dict(json.loads(told))

    def _ask(self, name: str, **body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.own_url}/_stub/{name}", json.dumps(body).encode() if body else None
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def stub() -> Iterator[Stub]:
    """The stub over plain HTTP, until the block is left."""
    with children.running("-m", "bench.stub") as child:
        url = f"http://127.0.0.1:{child.hear()}"
        yield Stub(url, url)
