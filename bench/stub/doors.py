"""The stub's own addresses: what it counted, forgetting it, and calling back."""

import json
import time
from collections.abc import Callable
from typing import Any

from bench.stub.book import Book
from bench.stub.news import News


class Doors:
    """GET stats, arrivals, news; POST reset, callbacks."""

    def __init__(self, book: Book, news: News) -> None:
        self._book, self._news = book, news

    def answer(self, name: str, body: bytes) -> bytes:
        given: dict[str, Any] = json.loads(body) if body else {}
        doors: dict[str, Callable[[], Any]] = {
            "stats": self._stats,
            "arrivals": self._book.arrivals.tolist,
            "news": self._news.figures,
            "reset": lambda: self._reset(given),
            "callbacks": lambda: self._call_back(given),
        }
        told = doors[name]() if name in doors else {"error": "There is no such address."}
        return json.dumps(told, separators=(",", ":")).encode()

    def _stats(self) -> dict[str, Any]:
        book = self._book
        return {"posts": book.posts, "trackers": len(book.trackers), "cpuSeconds": time.process_time()}

    def _reset(self, given: dict[str, Any]) -> dict[str, Any]:
        self._news.stop()
        self._book.forget(keeps=bool(given.get("keep")))
        return {}

    def _call_back(self, given: dict[str, Any]) -> dict[str, Any]:
        self._news.start(self._book, given)
        return {}
