"""Hand: a helper thread with a session of its own, so that posts fly on while the database is asked."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from flask import current_app

P = ParamSpec("P")
T = TypeVar("T")


class Hand:
    """One helper. It does one thing after the other, each in an application context of its own."""

    def __init__(self, name: str) -> None:
        self._context = current_app._get_current_object().app_context  # type: ignore[attr-defined]
        self._thread = ThreadPoolExecutor(1, f"deliver-{name}")

    def do(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> Future[T]:
        def job() -> T:
            with self._context():
                return work(*args, **given)

        return self._thread.submit(job)

    def close(self) -> None:
        self._thread.shutdown()
